//! A case of the suite: how it is set up, and what is checked of it.

use std::error::Error as _;
use std::time::{SystemTime, UNIX_EPOCH};

use faceid_sign::{Credentials, Stamp, Validity};
use faceid_types::{BizToken, Config, Error, GetBizToken, TransportKind};

use super::Client;
use crate::{Builder, DEMO_API_KEY, DEMO_API_SECRET, Entry, Sandbox, SignHash};

/// A sandbox, a client of it, and what that client sends.
pub(super) struct Case {
    pub(super) name: String,
    builder: fn(Builder) -> Builder,
    clock_offset: i64,
    api_key: &'static str,
    api_secret: &'static str,
    config: fn(Config) -> Config,
    steps: Vec<Step>,
}

/// One call, what it comes to, and the answers that its attempts got.
struct Step {
    liveness_id: String,
    uuid: Option<String>,
    expected: Expected,
    seen: Vec<u16>,
}

/// What a call comes to.
#[derive(Debug, Clone, Copy)]
pub(super) enum Expected {
    Token,
    /// An error of the service: its text, and the status.
    Api(&'static str, u16),
    /// A gateway's answer, with this status.
    Gateway(u16),
    Transport(TransportKind),
    /// A field that is not sent.
    Invalid(&'static str),
}

/// In the place of a status: the connection was closed instead.
pub(super) const NO_ANSWER: u16 = 0;

impl Case {
    pub(super) fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            builder: |builder| builder,
            clock_offset: 0,
            api_key: DEMO_API_KEY,
            api_secret: DEMO_API_SECRET,
            config: |config| config,
            steps: Vec::new(),
        }
    }

    pub(super) fn sandbox(self, builder: fn(Builder) -> Builder) -> Self {
        Self { builder, ..self }
    }

    /// The sandbox's clock, from the client's.
    pub(super) fn clock_offset(self, seconds: i64) -> Self {
        Self { clock_offset: seconds, ..self }
    }

    /// What the client asks with.
    pub(super) fn credentials(self, api_key: &'static str, api_secret: &'static str) -> Self {
        Self { api_key, api_secret, ..self }
    }

    pub(super) fn config(self, config: fn(Config) -> Config) -> Self {
        Self { config, ..self }
    }

    /// A call: its scene, what it comes to, and the statuses that its attempts got.
    pub(super) fn call(self, liveness_id: impl Into<String>, expected: Expected, seen: &[u16]) -> Self {
        self.step(liveness_id.into(), None, expected, seen)
    }

    /// The same with a `uuid`.
    pub(super) fn call_for(self, uuid: impl Into<String>, expected: Expected, seen: &[u16]) -> Self {
        self.step("scene".to_owned(), Some(uuid.into()), expected, seen)
    }

    fn step(mut self, liveness_id: String, uuid: Option<String>, expected: Expected, seen: &[u16]) -> Self {
        self.steps.push(Step { liveness_id, uuid, expected, seen: seen.to_vec() });
        self
    }

    pub(super) fn builder(&self) -> Builder {
        (self.builder)(Sandbox::builder())
    }

    pub(super) fn client_config(&self, url: String) -> Config {
        (self.config)(Config::at(url, self.client_credentials()))
    }

    fn client_credentials(&self) -> Credentials {
        Credentials::new(self.api_key, self.api_secret).expect("the table's own")
    }

    /// Makes the client, sends all there is to send, and says what is wrong first.
    pub(super) fn check(
        &self,
        sandbox: &Sandbox,
        client: impl Fn(Config) -> Client,
        url: &str,
    ) -> Result<(), String> {
        sandbox.set_clock_offset(self.clock_offset);
        let send = client(self.client_config(url.to_owned()));
        for (number, step) in (1..).zip(&self.steps) {
            let before = sandbox.journal().len();
            let mut request = GetBizToken::new(&step.liveness_id);
            if let Some(uuid) = &step.uuid {
                request = request.uuid(uuid);
            }
            let result = send(&request);
            let entries = &sandbox.journal()[before..];
            self.check_step(step, &result, entries, sandbox)
                .map_err(|why| format!("call {number}: {why}"))?;
        }
        let journal = sandbox.journal();
        let mut nonces: Vec<&str> =
            journal.iter().filter_map(|entry| Some(entry.nonce.as_ref()?.as_str())).collect();
        let signed = nonces.len();
        nonces.sort_unstable();
        nonces.dedup();
        expect(nonces.len() == signed, || "two attempts have the same nonce".to_owned())
    }

    fn check_step(
        &self,
        step: &Step,
        result: &Result<BizToken, Error>,
        entries: &[Entry],
        sandbox: &Sandbox,
    ) -> Result<(), String> {
        step.expected.check(result)?;
        let seen: Vec<u16> = entries.iter().map(|entry| entry.status.unwrap_or(NO_ANSWER)).collect();
        expect(seen == step.seen, || format!("answered with {seen:?}, not {:?}", step.seen))?;
        for entry in entries {
            self.check_entry(step, entry)?;
        }
        let last = entries.last();
        let last_id = last.and_then(|entry| entry.request_id.as_deref());
        match result {
            Ok(token) => {
                let claims = sandbox.check_token(token.biz_token(), SystemTime::now());
                expect(claims.is_ok(), || format!("the token: {claims:?}"))?;
                expect(token.request_id() == last_id && token.time_used().is_some(), || {
                    "request_id or time_used did not arrive".to_owned()
                })
            }
            Err(error) => {
                let attempts = usize::try_from(error.attempts()).unwrap_or(usize::MAX);
                expect(attempts == seen.len(), || format!("the error tells of {attempts} attempts"))?;
                expect(error.status().is_none() || error.request_id() == last_id, || {
                    "request_id did not arrive".to_owned()
                })
            }
        }?;
        let secrets = entries.iter().filter_map(|entry| self.sign_of(entry));
        let secrets = secrets.chain([self.api_secret.to_owned()]).chain(step.uuid.clone());
        let shown = shown(result);
        for secret in secrets {
            expect(!shown.contains(&secret), || "a secret, a sign, a uuid or a token is shown".to_owned())?;
        }
        Ok(())
    }

    /// That an attempt arrived as it was meant, under a sign of its own moment.
    fn check_entry(&self, step: &Step, entry: &Entry) -> Result<(), String> {
        if let (Some(sign), hash) = (self.sign_of(entry), entry.sign_hash) {
            expect(hash == Some(SignHash::of(&sign)), || "the sign arrived changed".to_owned())?;
        }
        if entry.api_key.is_some() {
            let uuid_len = step.uuid.as_ref().map(String::len);
            let arrived =
                entry.liveness_id.as_deref() == Some(&step.liveness_id) && entry.uuid_len == uuid_len;
            expect(arrived, || "liveness_id or uuid arrived changed".to_owned())?;
        }
        // Where the sandbox itself has refused it, it need not have been valid.
        if entry.problem.is_some() {
            return Ok(());
        }
        let now = entry.time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let valid = match (entry.issued_at, entry.expires_at) {
            (Some(issued_at), Some(0)) => issued_at.abs_diff(now) <= 1 + self.clock_offset.unsigned_abs(),
            (Some(_), Some(expires_at)) => now < expires_at,
            _ => false,
        };
        expect(valid, || format!("at {now} came a sign that is not valid then: {entry:?}"))
    }

    /// The sign that the client must have made, from what the journal says of it.
    fn sign_of(&self, entry: &Entry) -> Option<String> {
        let (issued_at, expires_at) = (entry.issued_at?, entry.expires_at?);
        let validity = match expires_at.checked_sub(issued_at) {
            None => Validity::Once,
            Some(seconds) => Validity::seconds(seconds.try_into().ok()?)?,
        };
        let stamp = Stamp::new(issued_at, entry.nonce?);
        let sign = self.client_credentials().sign(&stamp, validity).ok()?;
        Some(sign.expose().to_owned())
    }
}

impl Expected {
    pub(super) fn check(self, result: &Result<BizToken, Error>) -> Result<(), String> {
        let as_expected = match (self, result) {
            (Self::Token, Ok(_)) => true,
            (Self::Api(text, status), Err(error @ Error::Api(api))) => {
                let signature = ["AUTHENTICATION_ERROR", "AUTHORIZATION_ERROR: INVALID_SIGN"];
                api.message().is_some_and(|message| message == text)
                    && api.status() == status
                    && text.starts_with(error.code().map_or("", |code| code.as_str()))
                    && error.detail().map(|detail| &**detail)
                        == text.split_once(": ").map(|(_, detail)| detail)
                    && error.is_signature() == signature.contains(&text)
            }
            (Self::Gateway(status), Err(Error::Api(api))) => {
                api.code().is_none() && api.status() == status && !api.body().is_empty()
            }
            (Self::Transport(kind), Err(Error::Transport(error))) => error.kind() == kind,
            (Self::Invalid(field), Err(Error::Invalid(invalid))) => invalid.field() == field,
            _ => false,
        };
        expect(as_expected, || match result {
            Ok(_) => format!("came to a token, not to {self:?}"),
            Err(error) => format!("came to \"{error}\", not to {self:?}"),
        })
    }
}

/// Everything that a log could come to hold of it.
fn shown(result: &Result<BizToken, Error>) -> String {
    match result {
        Ok(token) => format!("{token:?} {token:#?}"),
        Err(error) => {
            let mut shown = format!("{error} {error:?} {error:#?} {}", error.hint());
            let mut cause = error.source();
            while let Some(error) = cause {
                shown = format!("{shown} {error} {error:?}");
                cause = error.source();
            }
            shown
        }
    }
}

fn expect(holds: bool, why: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(why()) }
}
