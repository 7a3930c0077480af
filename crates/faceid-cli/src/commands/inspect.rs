//! `faceid inspect`: what a sign says, whether it verifies, and the slip behind one that does not.

use std::fs::File;
use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};

use clap::Args;
use faceid_blocking::{Claims, Credentials, Diagnosis};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::calendar::{date, distance, now, unix_time};
use crate::console::{Console, Report};
use crate::failure::{Failure, Kind, unread};
use crate::interrupt;
use crate::settings::flags::KeyFlags;
use crate::settings::keys::{self, Part, Prompt};
use crate::settings::{Name, Origin, Settings, place};
use crate::speech::{Phrase, Say};

#[derive(Args)]
pub(crate) struct InspectArgs {
    /// A file that holds the sign; - for stdin [default: stdin, on a terminal a prompt]
    #[arg(value_name = "FILE")]
    source: Option<PathBuf>,
    /// The UNIX time in seconds at which it was sent [default: now]
    #[arg(long, value_name = "T", value_parser = unix_time, allow_negative_numbers = true)]
    at: Option<u64>,
    #[command(flatten)]
    key: KeyFlags,
}

/// What was found out.
enum Verdict {
    Valid,
    Refused(Phrase, &'static str),
    /// There is no secret to verify it with.
    Unverified,
}

pub(crate) fn run(console: &Console, args: &InspectArgs, profile: Option<&str>) -> Result<(), Failure> {
    interrupt::ends_with_130_off_terminal(console);
    let settings = Settings::load(args.key.given(), profile)?;
    let stdin = Path::new("-");
    let sign_by_stdin = args.source.as_deref().map_or(!io::stdin().is_terminal(), |source| source == stdin);
    if sign_by_stdin && args.key.api_secret_file.as_deref() == Some(stdin) {
        return Err(Failure::new(Kind::Usage, Say::StdinTwice));
    }
    let received = sign(args.source.as_deref())?;
    let sign = as_sent(&received);
    let claims = Claims::peek(sign).ok();
    let now = args.at.unwrap_or_else(now);
    let verdict = match credentials(&settings, claims.as_ref())? {
        Some(credentials) => verdict(&credentials, sign, claims.as_ref(), now),
        None if claims.is_none() => unreadable(),
        None => Verdict::Unverified,
    };
    console.report(&report(console, claims.as_ref(), &verdict, now))?;
    match verdict {
        Verdict::Valid => Ok(()),
        Verdict::Unverified => {
            console.note(&Say::NotVerified.into());
            Ok(())
        }
        Verdict::Refused(reason, name) => {
            Err(Failure::new(Kind::Sign, Say::SignRefused.with([reason])).code(name))
        }
    }
}

/// The sign as it was sent: what stands around it may be the slip, so only one line end goes.
fn sign(source: Option<&Path>) -> Result<Zeroizing<String>, Failure> {
    let bytes = match source {
        Some(path) if path != Path::new("-") => {
            // The path is not repeated: somebody may have given the sign itself.
            File::open(path).and_then(keys::read)
        }
        None if io::stdin().is_terminal() => Ok(keys::prompted("sign: ")?),
        _ => keys::read(io::stdin().lock()),
    };
    let bytes = bytes.map_err(|error| {
        Failure::new(Kind::Other, Say::CannotReadSign.with([unread(&error)])).hint(Say::SignIsSecret)
    })?;
    String::from_utf8(bytes.to_vec())
        .map(Zeroizing::new)
        .map_err(|_| Failure::new(Kind::Sign, Say::SignRefused.with([Say::NoSign.into()])))
}

/// Less what came along in copying: blanks, and the variable's name of `faceid sign --output env` with its quotes. Line
/// ends that follow it may be the slip, quotes without that name are one, and so may be whatever stands around what then
/// is no sign either.
fn as_sent(received: &str) -> &str {
    let bare = received.trim_start().trim_end_matches([' ', '\t']);
    let bare = bare.strip_prefix("FACEID_SIGN=").map_or(bare, |value| value.trim_matches('\''));
    if Claims::peek(bare).is_ok() { bare } else { received }
}

/// The pair at hand. Where only the secret is, the sign says whose it should be.
fn credentials(settings: &Settings, claims: Option<&Claims>) -> Result<Option<Credentials>, Failure> {
    let Some(secret) = settings.api_secret(Prompt::Never)? else {
        return Ok(None);
    };
    let from_sign = || {
        let bytes = Zeroizing::new(claims?.api_key.clone().into_bytes());
        Some(Part { bytes, place: place(Name::ApiKey, Origin::Default), origin: Origin::Default })
    };
    let Some(key) = settings.api_key()?.or_else(from_sign) else {
        return Ok(None);
    };
    keys::pair(&key, &secret).map(Some)
}

fn verdict(credentials: &Credentials, sign: &str, claims: Option<&Claims>, now: u64) -> Verdict {
    match credentials.diagnose(sign, now) {
        Diagnosis::Valid(_) => Verdict::Valid,
        Diagnosis::Slip(slip) => Verdict::Refused(slip.into(), slip.name()),
        _ if claims.is_none() => unreadable(),
        _ if claims.is_some_and(|claims| claims.api_key != credentials.api_key()) => {
            Verdict::Refused(Say::OtherKey.into(), "other_key")
        }
        _ => Verdict::Refused(Say::UnknownSlip.into(), "unknown"),
    }
}

fn unreadable() -> Verdict {
    Verdict::Refused(Say::NoSign.into(), "unreadable")
}

fn report(console: &Console, claims: Option<&Claims>, verdict: &Verdict, now: u64) -> Report {
    let (valid, slip, outcome) = match verdict {
        Verdict::Valid => (Some(true), None, Say::Verifies.into()),
        Verdict::Refused(reason, name) => {
            (Some(false), Some(*name), Say::DoesNotVerify.with([reason.clone(), (*name).into()]))
        }
        Verdict::Unverified => (None, None, Say::NotVerifiedShort.into()),
    };
    let mut lines = claims.map(|claims| words(claims, now)).unwrap_or_default();
    lines.push(outcome);
    let lines: Vec<String> = lines.iter().map(|line| console.say(line)).collect();
    let json = json!({
        "valid": valid,
        "slip": slip,
        "claims": claims.map(|claims| json!({
            "api_key": claims.api_key,
            "issued_at": claims.issued_at,
            "expires_at": claims.expires_at,
            "nonce": claims.nonce.as_str(),
        })),
    });
    Report { text: lines.join("\n"), env: env(&json), json }
}

/// The claims, a line each.
fn words(claims: &Claims, now: u64) -> Vec<Phrase> {
    let at = |unix| [date(unix).into(), distance(unix, now)];
    vec![
        Say::ClaimKey.with([claims.api_key.clone().into()]),
        Say::ClaimIssued.with(at(claims.issued_at)),
        match claims.expires_at {
            Some(expires_at) => Say::ClaimExpires.with(at(expires_at)),
            None => Say::ClaimOnce.into(),
        },
        Say::ClaimNonce.with([claims.nonce.to_string().into()]),
    ]
}

fn env(json: &Value) -> Vec<(String, String)> {
    let fields = [
        ("FACEID_SIGN_VALID", &json["valid"]),
        ("FACEID_SIGN_SLIP", &json["slip"]),
        ("FACEID_SIGN_API_KEY", &json["claims"]["api_key"]),
        ("FACEID_SIGN_ISSUED_AT", &json["claims"]["issued_at"]),
        ("FACEID_SIGN_EXPIRES_AT", &json["claims"]["expires_at"]),
        ("FACEID_SIGN_NONCE", &json["claims"]["nonce"]),
    ];
    // Each of them, so that none is left of a sign before.
    let text = |value: &Value| match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    fields.into_iter().map(|(name, value)| (name.to_owned(), text(value))).collect()
}
