//! The checks of a request, in the order that the sandbox has chosen; the vendor does not say which it is.
//!
//! Path, method, content type, presence, `sign_version`, sign, the key's state, concurrency, values; a single-use sign
//! is used up last, by a request that is right in all else.

use std::borrow::Cow;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use faceid_sign::{Claims, Diagnosis, VerifyError};
use faceid_types::Text;
use http::{Method, Request};

use crate::fault::Effect;
use crate::form::Fields;
use crate::journal::{Entry, SignHash};
use crate::key::{Key, Place};
use crate::refusal::Refusal;
use crate::sandbox::Inner;
use crate::{Fault, VendorError};

/// A request that is right.
pub(crate) struct Pass {
    /// What is to happen all the same.
    pub(crate) effect: Option<Effect>,
    pub(crate) place: Option<Place>,
}

const PATH: &str = "/v5/sdk/get_biz_token";
/// The product's two brands.
const PREFIXES: [&str; 2] = ["/faceid", "/finauth"];
const DIGEST_LEN: usize = 20;

impl Inner {
    /// `now` is UNIX time in seconds. What is learnt of the request on the way goes into the entry.
    pub(crate) fn check(
        &self,
        request: &Request<Vec<u8>>,
        now: u64,
        entry: &mut Entry,
    ) -> Result<Pass, Refusal> {
        let prefix = request.uri().path().strip_suffix(PATH);
        if !prefix.is_some_and(|prefix| PREFIXES.contains(&prefix)) {
            let problem = "the path is neither /faceid nor /finauth with /v5/sdk/get_biz_token";
            return Err(Refusal::new(VendorError::ApiNotFound, problem));
        }
        if request.method() != Method::POST {
            let error = self.settings.answers.wrong_method.clone();
            return Err(Refusal::new(error, "the method is not POST"));
        }

        let fields = Fields::read(request, &self.settings)?;
        let liveness_id = std::str::from_utf8(fields.liveness_id);
        if let Ok(liveness_id) = liveness_id {
            entry.set_liveness_id(liveness_id);
        }
        entry.uuid_len = fields.uuid.map(<[u8]>::len);

        if fields.sign_version != b"hmac_sha1" {
            let error = VendorError::bad("sign_version");
            return Err(Refusal::new(error, "sign_version is not hmac_sha1"));
        }
        let (key, claims) = self.check_sign(fields.sign, now, entry)?;
        key.admit().map_err(|error| Refusal::new(error, "the key may not ask, or no longer"))?;
        let place = key
            .enter()
            .map_err(|error| Refusal::new(error, "the key has as many requests in flight as it may"))?;

        let asked = self.check_values(&fields, entry)?;
        if claims.expires_at.is_none() {
            self.burn(fields.sign, claims.issued_at, now)?;
        }
        let effect = self.faults.next(&key.name, liveness_id.unwrap_or_default(), asked);
        Ok(Pass { effect, place })
    }

    /// Whose sign it is, and whether it is right.
    fn check_sign(&self, sign: &[u8], now: u64, entry: &mut Entry) -> Result<(&Key, Claims), Refusal> {
        let answers = &self.settings.answers;
        let undecodable = |sign: &str| {
            let problem = self.slip_of_any_key(sign, now);
            let problem = problem.unwrap_or_else(|| VerifyError::Malformed.to_string());
            Refusal::new(answers.undecodable_sign.clone(), problem)
        };
        let sign = std::str::from_utf8(sign).map_err(|_| undecodable(""))?;
        entry.sign_hash = Some(SignHash::of(sign));
        let claims = Claims::peek(sign).map_err(|_| undecodable(sign))?;
        entry.nonce = Some(claims.nonce);
        entry.issued_at = Some(claims.issued_at);
        entry.expires_at = Some(claims.expires_at.unwrap_or(0));

        let Some(key) = self.keys.get(claims.api_key.as_str()) else {
            let problem = self.slip_of_any_key(sign, now);
            let problem = problem.unwrap_or_else(|| "the api_key is not one of this sandbox's".to_owned());
            return Err(Refusal::new(answers.unknown_key.clone(), problem));
        };
        entry.api_key = Some(key.name.clone());

        let skew = self.settings.clock_skew.as_secs();
        let claims = key.credentials.verify(sign, now.saturating_sub(skew)).map_err(|error| {
            let answer = match error {
                VerifyError::Mismatch => &answers.wrong_digest,
                VerifyError::Order => &answers.expiry_before_issue,
                VerifyError::Expired => &answers.expired,
                _ => &answers.undecodable_sign,
            };
            let problem = match key.credentials.diagnose(sign, now) {
                Diagnosis::Valid(_) => error.to_string(),
                slip => slip.to_string(),
            };
            Refusal::new(answer.clone(), problem)
        })?;
        self.check_times(&claims, now).map_err(|refusal| match key.credentials.diagnose(sign, now) {
            Diagnosis::Slip(slip) => Refusal::new(refusal.error, slip.to_string()),
            _ => refusal,
        })?;
        Ok((key, claims))
    }

    /// What is not documented, and checked where the settings say so.
    fn check_times(&self, claims: &Claims, now: u64) -> Result<(), Refusal> {
        let (settings, answers) = (&self.settings, &self.settings.answers);
        let longer =
            |seconds: u64, limit: Option<Duration>| limit.is_some_and(|limit| seconds > limit.as_secs());
        let ahead = claims.issued_at.saturating_sub(now);
        if longer(ahead, settings.furthest_future) {
            let problem = format!("the sign was issued {ahead} s in the future");
            return Err(Refusal::new(answers.from_the_future.clone(), problem));
        }
        if let Some(expires_at) = claims.expires_at {
            let validity = expires_at - claims.issued_at;
            if longer(validity, settings.longest_validity) {
                let problem = format!("the sign is valid for {validity} s");
                return Err(Refusal::new(answers.valid_too_long.clone(), problem));
            }
        } else if longer(claims.issued_at.abs_diff(now), settings.single_use_window) {
            let off = claims.issued_at.abs_diff(now);
            let problem = format!("the single-use sign was issued {off} s from now");
            return Err(Refusal::new(answers.stale_single_use.clone(), problem));
        }
        Ok(())
    }

    /// The fault that the request asks for, if its values are right.
    fn check_values(&self, fields: &Fields<'_>, entry: &mut Entry) -> Result<Option<Fault>, Refusal> {
        let bad = |key, problem: Cow<'static, str>| Err(Refusal::new(VendorError::bad(key), problem));
        let Ok(liveness_id) = std::str::from_utf8(fields.liveness_id) else {
            return bad("liveness_id", "liveness_id is not UTF-8".into());
        };
        if liveness_id.is_empty() {
            return bad("liveness_id", "liveness_id is empty".into());
        }
        let mut asked = None;
        if liveness_id.starts_with(Fault::PREFIX) {
            match liveness_id.parse() {
                Ok(fault) => asked = Some(fault),
                Err(error) => return bad("liveness_id", format!("liveness_id: {error}").into()),
            }
        } else {
            let scenes = &self.settings.liveness_ids;
            if !scenes.is_empty() && !scenes.iter().any(|scene| scene == liveness_id) {
                return bad("liveness_id", "liveness_id is not one of this sandbox's scenes".into());
            }
        }
        if let Some(uuid) = fields.uuid {
            const LONGEST: usize = 128;
            if uuid.len() > LONGEST {
                let problem = format!("uuid has {} bytes, and at most {LONGEST} are allowed", uuid.len());
                return bad("uuid", problem.into());
            }
            if std::str::from_utf8(uuid).is_err() {
                return bad("uuid", "uuid is not UTF-8".into());
            }
        }
        if let Some(key) = &fields.unknown {
            let problem = "the form has a field that the vendor's page does not list";
            if !self.settings.unknown_fields {
                return Err(Refusal::new(VendorError::BadArguments(key.clone().into()), problem));
            }
            entry.problem = Some(Text::from(problem));
        }
        Ok(asked)
    }

    /// Uses a single-use sign up.
    fn burn(&self, sign: &[u8], issued_at: u64, now: u64) -> Result<(), Refusal> {
        let window = self.settings.single_use_window.map(|window| window.as_secs());
        let lives = |issued_at: u64| window.is_none_or(|window| issued_at.abs_diff(now) <= window);
        let decoded = STANDARD.decode(sign).unwrap_or_default();
        let raw = decoded.get(DIGEST_LEN..).unwrap_or_default();
        if self.used.burn(raw, issued_at, lives) {
            Ok(())
        } else {
            let problem = "the single-use sign was used before: each attempt is to be signed anew";
            Err(Refusal::new(self.settings.answers.replay.clone(), problem))
        }
    }

    /// The slip behind a sign that does not tell whose it is.
    fn slip_of_any_key(&self, sign: &str, now: u64) -> Option<String> {
        self.keys.values().find_map(|key| match key.credentials.diagnose(sign, now) {
            Diagnosis::Slip(slip) => Some(slip.to_string()),
            _ => None,
        })
    }
}
