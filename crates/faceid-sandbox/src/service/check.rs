//! The checks of a request, in the order that the sandbox has chosen; the vendor does not say which it is.
//!
//! Path, method, form, `sign_version`, sign, the key's state, concurrency, values; a single-use sign is used up last, by a
//! request that is right in all else.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use faceid_sign::{Claims, Diagnosis, Slip, VerifyError};
use faceid_types::Text;
use http::{Method, Request};

use super::form::{Fields, Form};
use super::key::{Key, Place};
use super::problem::Problem;
use super::refusal::Refusal;
use super::used::Use;
use crate::fault::{Plan, Subject};
use crate::journal::{Check, Entry, SignHash, cut, is_one_of};
use crate::sandbox::Inner;
use crate::space::{LAST_SECOND, Space};
use crate::{DEMO_API_KEY, Fault, FaultBy, VendorError};

/// A request that is right.
pub(crate) struct Pass {
    /// What is to happen all the same.
    pub(crate) plan: Plan,
    pub(crate) place: Place,
    /// Whether its key is no secret.
    pub(crate) is_demo: bool,
}

/// For those who can set a header.
const FAULT_HEADER: &str = "x-faceid-sandbox-fault";

const PATH: &str = "/v5/sdk/get_biz_token";
/// The product's two brands.
const PREFIXES: [&str; 2] = ["/faceid", "/finauth"];
const DIGEST_LEN: usize = 20;
/// No sign has a time in seconds from here on (the year 5138), as `faceid_sign` has it.
const SURELY_MILLISECONDS: u64 = 100_000_000_000;

impl Inner {
    /// `now` is UNIX time in seconds by the space's clock. What is learnt of the request on the way goes into the
    /// entry; so does the time, if a fault has the request see another clock.
    pub(crate) fn check(
        &self,
        space: &Space,
        request: &Request<Vec<u8>>,
        path: &str,
        now: u64,
        entry: &mut Entry,
    ) -> Result<Pass, Refusal> {
        // What was sent is told of each request, wherever it went.
        let form = Form::read(request, &self.settings);
        if request.uri().query().is_some() {
            entry.not_kept.push("query");
        }
        let claims = form.as_ref().ok().and_then(|form| self.learn(form, entry));
        entry.failed = Some(Check::Path);
        if !is_api(path) {
            return Err(Refusal::new(VendorError::ApiNotFound, Problem::Path));
        }
        entry.failed = Some(Check::Method);
        if request.method() != Method::POST {
            let error = self.settings.answers.wrong_method.clone();
            return Err(Refusal::new(error, Problem::Method));
        }
        entry.failed = Some(Check::Form);
        let form = form?;
        let fields = form.fields()?;

        entry.failed = Some(Check::SignVersion);
        if fields.sign_version != b"hmac_sha1" {
            return Err(Refusal::new(VendorError::bad("sign_version"), Problem::SignVersion));
        }
        entry.failed = Some(Check::Sign);
        let (sign, key) = self.key_of(fields.sign, claims, now, entry)?;

        let liveness_id = fields.liveness_id.as_ref().copied().unwrap_or_default();
        let (by, asked) = asked_fault(request, liveness_id).unzip();
        let asked = asked.transpose();
        let subject = Subject { api_key: &key.name, liveness_id, uuid: fields.uuid.unwrap_or_default() };
        let plan = space.faults.take(&subject, by.zip(asked.as_ref().ok().and_then(Option::as_ref)));
        let now = shifted(now, plan.skew);
        entry.time = UNIX_EPOCH + Duration::from_secs(now);

        let peer = request.extensions().get().map(SocketAddr::ip);
        match self.check_all_else(sign, &key, peer, fields, asked, now, entry) {
            Ok(place) => {
                entry.failed = None;
                if plan.is_success() {
                    space.faults.start_again(&subject);
                }
                Ok(Pass { plan, place, is_demo: key.is_demo() })
            }
            Err(refusal) => {
                // That the clock was off has happened, whatever came of it.
                if plan.skew == 0 {
                    space.faults.give_back(&plan);
                } else {
                    (entry.fault, entry.fault_by) = plan.happened.unzip();
                }
                Err(refusal)
            }
        }
    }

    /// The sign, the key's state, the values. A place among the key's requests in flight is taken.
    #[expect(clippy::too_many_arguments, reason = "what has been learnt so far")]
    fn check_all_else(
        &self,
        sign: &str,
        key: &Key,
        peer: Option<IpAddr>,
        fields: Fields<'_>,
        asked: Result<Option<Fault>, Refusal>,
        now: u64,
        entry: &mut Entry,
    ) -> Result<Place, Refusal> {
        let claims = self.check_sign(sign, key, now, entry)?;
        entry.failed = Some(Check::KeyState);
        key.admit(peer)?;
        entry.failed = Some(Check::Concurrency);
        let place = key.enter()?;

        entry.failed = Some(Check::Values);
        let is_fault = asked?.is_some();
        self.check_values(fields, is_fault, entry)?;
        entry.failed = Some(Check::SingleUse);
        if claims.expires_at.is_none() {
            self.burn(sign, claims.issued_at, entry.received)?;
        }
        Ok(place)
    }

    /// What a form says, whatever is wrong with it, and the claims of its sign.
    fn learn(&self, form: &Form<'_>, entry: &mut Entry) -> Option<Claims> {
        let text = |value| std::str::from_utf8(value).ok();
        entry.liveness_id = form.values("liveness_id").next().and_then(text).map(|scene| cut(scene, 256));
        entry.uuid_len = form.values("uuid").next().map(<[u8]>::len);
        entry.not_kept.extend(form.not_shown());
        let mut signs =
            form.values("sign").map(|sign| (sign, text(sign).and_then(|sign| Claims::peek(sign).ok())));
        let first = signs.next();
        let is_demo = |(sign, claims): &(&[u8], Option<Claims>)| self.is_demo(sign, claims.as_ref());
        let first_is_demo = first.as_ref().is_some_and(is_demo);
        // One of another key may stand beside it.
        entry.form = form.shown(first_is_demo && signs.all(|sign| is_demo(&sign)));

        let (sign, claims) = first?;
        let says = claims.as_ref().map_or(DEMO_API_KEY, |claims| &claims.api_key);
        let key = self.keys.get(says).filter(|_| first_is_demo || claims.is_some());
        entry.api_key = key.map(|key| Arc::clone(&key.name));
        let sign = text(sign)?;
        entry.sign_hash = Some(SignHash::of(sign));
        let claims = claims?;
        entry.behind_key = Some(Text::from(behind_key(sign)));
        entry.nonce = Some(claims.nonce);
        entry.issued_at = Some(claims.issued_at);
        entry.expires_at = Some(claims.expires_at.unwrap_or(0));
        Some(claims)
    }

    /// Whether a sign says that it is the demo key's, and no other stands in it. It has no claims if it does not decode.
    fn is_demo(&self, sign: &[u8], claims: Option<&Claims>) -> bool {
        self.keys.get(DEMO_API_KEY).is_some_and(|key| key.is_demo())
            && claims.map_or_else(|| is_one_of(sign, DEMO_API_KEY), |claims| claims.api_key == DEMO_API_KEY)
    }

    /// Whose sign it is, by what it says itself.
    fn key_of<'sign>(
        &self,
        sign: &'sign [u8],
        claims: Option<Claims>,
        now: u64,
        entry: &mut Entry,
    ) -> Result<(&'sign str, Arc<Key>), Refusal> {
        let answers = &self.settings.answers;
        let undecodable = |sign: &str| {
            let problem = self.problem_of_any_key(sign, now, false);
            Refusal::new(answers.undecodable_sign.clone(), problem)
        };
        let sign = std::str::from_utf8(sign).map_err(|_| undecodable(""))?;
        let claims = claims.ok_or_else(|| undecodable(sign))?;
        entry.failed = Some(Check::ApiKey);
        let Some(key) = self.keys.get(&claims.api_key) else {
            let problem = self.problem_of_any_key(sign, now, true);
            return Err(Refusal::new(answers.unknown_key.clone(), problem));
        };
        Ok((sign, key))
    }

    /// Whether the sign is right, and right now.
    fn check_sign(&self, sign: &str, key: &Key, now: u64, entry: &mut Entry) -> Result<Claims, Refusal> {
        let answers = &self.settings.answers;
        let skew = self.settings.clock_skew.as_secs();
        let claims = key.credentials.verify(sign, now.saturating_sub(skew)).map_err(|error| {
            let (check, answer) = match error {
                VerifyError::Mismatch => (Check::Digest, &answers.wrong_digest),
                VerifyError::Order => (Check::Time, &answers.expiry_before_issue),
                VerifyError::Expired => (Check::Time, &answers.expired),
                _ => (Check::Sign, &answers.undecodable_sign),
            };
            entry.failed = Some(check);
            let problem = key.slip(sign, now).unwrap_or_else(|| error.to_string());
            Refusal::new(answer.clone(), Problem::Sign(problem))
        })?;
        entry.failed = Some(Check::Time);
        self.check_times(&claims, now).map_err(|refusal| match key.credentials.diagnose(sign, now) {
            Diagnosis::Slip(slip) => Refusal::new(refusal.error, Problem::Sign(slip.to_string())),
            _ => refusal,
        })?;
        // The service's longest validity is not documented, so this one is let pass, and said.
        if claims.issued_at.max(claims.expires_at.unwrap_or(0)) >= SURELY_MILLISECONDS {
            entry.problem = Some(Text::from(Slip::Milliseconds.to_string()));
        }
        Ok(claims)
    }

    /// What is not documented, and checked where the settings say so.
    fn check_times(&self, claims: &Claims, now: u64) -> Result<(), Refusal> {
        let (settings, answers) = (&self.settings, &self.settings.answers);
        let longer =
            |seconds: u64, limit: Option<Duration>| limit.is_some_and(|limit| seconds > limit.as_secs());
        let ahead = claims.issued_at.saturating_sub(now);
        if longer(ahead, settings.furthest_future) {
            return Err(Refusal::new(answers.from_the_future.clone(), Problem::FromTheFuture(ahead)));
        }
        if let Some(expires_at) = claims.expires_at {
            let validity = expires_at - claims.issued_at;
            if longer(validity, settings.longest_validity) {
                return Err(Refusal::new(answers.valid_too_long.clone(), Problem::ValidTooLong(validity)));
            }
        } else if longer(claims.issued_at.abs_diff(now), settings.single_use_window) {
            let off = claims.issued_at.abs_diff(now);
            return Err(Refusal::new(answers.stale_single_use.clone(), Problem::StaleSingleUse(off)));
        }
        Ok(())
    }

    /// `is_fault`: the request asks for a fault, by its `liveness_id` or in another way.
    fn check_values(&self, fields: Fields<'_>, is_fault: bool, entry: &mut Entry) -> Result<(), Refusal> {
        let bad = |key, problem| Err(Refusal::new(VendorError::bad(key), problem));
        let Ok(liveness_id) = std::str::from_utf8(fields.liveness_id?) else {
            return bad("liveness_id", Problem::NotUtf8("liveness_id"));
        };
        if liveness_id.is_empty() {
            return bad("liveness_id", Problem::EmptyScene);
        }
        let scenes = &self.settings.liveness_ids;
        let reserved = is_fault && liveness_id.starts_with(Fault::PREFIX);
        if !reserved && !scenes.is_empty() && !scenes.iter().any(|scene| scene == liveness_id) {
            return bad("liveness_id", Problem::UnknownScene);
        }
        if let Some(uuid) = fields.uuid {
            const LONGEST: usize = 128;
            if uuid.len() > LONGEST {
                return bad("uuid", Problem::LongUuid(uuid.len()));
            }
            if std::str::from_utf8(uuid).is_err() {
                return bad("uuid", Problem::NotUtf8("uuid"));
            }
        }
        // Each is let pass, and the first is told.
        let mut tell = |problem: Problem| {
            entry.problem.get_or_insert_with(|| Text::from(problem.to_string()));
        };
        if fields.is_encoded {
            tell(Problem::Encoded);
        }
        if let Some(key) = fields.in_query {
            tell(Problem::InQuery(key));
        }
        if let Some(key) = &fields.unknown {
            let problem = Problem::UnknownField(String::from(&*cut(key, 64)));
            if !self.settings.unknown_fields {
                return Err(Refusal::new(VendorError::BadArguments(key.clone().into()), problem));
            }
            tell(problem);
        }
        Ok(())
    }

    /// Uses a single-use sign up.
    fn burn(&self, sign: &str, issued_at: u64, machine_time: SystemTime) -> Result<(), Refusal> {
        // Without a window none is ever too old.
        let window = self.settings.single_use_window;
        let oldest = window
            .map_or(0, |window| self.spaces.earliest_time(machine_time).saturating_sub(window.as_secs()));
        let answers = &self.settings.answers;
        let (answer, problem) = match self.used.burn(&raw(sign), issued_at, oldest) {
            Use::First => return Ok(()),
            Use::Again => (&answers.replay, Problem::Replay),
            Use::Forgotten => (&answers.stale_single_use, Problem::Forgotten),
            Use::NoRoom => (&answers.too_many_single_use, Problem::TooManySigns),
        };
        Err(Refusal::new(answer.clone(), problem))
    }

    /// What is wrong with a sign of this key: with itself, with the key, or that it was used.
    pub(crate) fn problem_of_key(&self, key: &Key, sign: &str, claims: &Claims, now: u64) -> Option<String> {
        let refused = |checked: Result<(), Refusal>| Some(checked.err()?.problem.to_string());
        key.slip(sign, now)
            .or_else(|| refused(self.check_times(claims, now)))
            .or_else(|| refused(key.may_ask()))
            .or_else(|| {
                let is_used = claims.expires_at.is_none() && self.used.has(&raw(sign));
                is_used.then(|| Problem::Replay.to_string())
            })
    }

    /// What is wrong with a sign that is of no key that there is. One of them may know the slip, or the text itself shows it.
    pub(crate) fn problem_of_any_key(&self, sign: &str, now: u64, decodes: bool) -> Problem {
        let slip = self.keys.all().iter().find_map(|key| match key.credentials.diagnose(sign, now) {
            Diagnosis::Slip(slip) => Some(slip),
            _ => None,
        });
        match slip.or_else(|| Slip::of_form(sign)) {
            Some(slip) => Problem::Sign(slip.to_string()),
            None if decodes => Problem::UnknownKey,
            None => Problem::Sign(VerifyError::Malformed.to_string()),
        }
    }
}

/// What stands behind the key in the signed text of a sign that decodes.
pub(crate) fn behind_key(sign: &str) -> String {
    let raw = String::from_utf8(raw(sign)).unwrap_or_default();
    raw.split_once('&').map(|(_, rest)| rest.to_owned()).unwrap_or_default()
}

/// The signed text of a sign that decodes.
fn raw(sign: &str) -> Vec<u8> {
    let mut decoded = STANDARD.decode(sign).unwrap_or_default();
    decoded.split_off(DIGEST_LEN.min(decoded.len()))
}

/// Whether it is the path of the API's one call.
pub(super) fn is_api(path: &str) -> bool {
    path.strip_suffix(PATH).is_some_and(|prefix| PREFIXES.contains(&prefix))
}

/// The fault that the request asks for, and how: in its header, or else by its `liveness_id`.
fn asked_fault(request: &Request<Vec<u8>>, liveness_id: &[u8]) -> Option<(FaultBy, Result<Fault, Refusal>)> {
    let read = |field: &'static str, text: Result<&str, ()>| {
        let fault = text.map_err(|()| Problem::NotAscii(field));
        let fault = fault.and_then(|text| text.parse().map_err(|error| Problem::Fault(field, error)));
        fault.map_err(|problem| Refusal::new(VendorError::bad(field), problem))
    };
    let mut headers = request.headers().get_all(FAULT_HEADER).iter();
    if let Some(header) = headers.next() {
        let fault = match headers.next() {
            None => read(FAULT_HEADER, header.to_str().map_err(drop)),
            Some(_) => Err(Refusal::new(
                VendorError::bad(FAULT_HEADER),
                Problem::MoreThanOnce(FAULT_HEADER.to_owned()),
            )),
        };
        return Some((FaultBy::Header, fault));
    }
    // Where it is not UTF-8, that is said where the values are checked.
    let text = std::str::from_utf8(liveness_id).ok().filter(|text| text.starts_with(Fault::PREFIX))?;
    Some((FaultBy::LivenessId, read("liveness_id", Ok(text))))
}

/// Within the years that the header Date can show.
fn shifted(now: u64, skew: i64) -> u64 {
    now.saturating_add_signed(skew).min(LAST_SECOND)
}
