//! `faceid inspect`: what a sign says, whether it verifies, and the slip behind one that does not.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};

use clap::Args;
use faceid_blocking::{Claims, Credentials, Diagnosis, Slip};
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
    let sign = &*as_sent(&received);
    let claims = Claims::peek(sign).ok();
    let now = args.at.unwrap_or_else(now);
    let verdict = match credentials(&settings, claims.as_ref())? {
        Some(credentials) => verdict(&credentials, sign, claims.as_ref(), now),
        None => of_form(sign, claims.as_ref()),
    };
    let reported = console.report(&report(console, claims.as_ref(), &verdict, now));
    match verdict {
        Verdict::Valid => reported,
        Verdict::Unverified => {
            console.note(&Say::NotVerified.into());
            reported
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
        _ if io::stdin().is_terminal() => Ok(keys::prompted("sign: ")?),
        _ => keys::read(io::stdin().lock()),
    };
    let bytes = bytes.map_err(|error| {
        Failure::new(Kind::Other, Say::CannotReadSign.with([unread(&error)])).hint(Say::SignIsSecret)
    })?;
    Ok(Zeroizing::new(text(&bytes)))
}

/// What is no text is no sign either, and is told like any other that is none. A shell on Windows writes UTF-16.
fn text(bytes: &[u8]) -> String {
    let Some(utf16) = bytes.strip_prefix(b"\xff\xfe") else {
        return String::from_utf8_lossy(bytes).into_owned();
    };
    let units: Vec<u16> = utf16.chunks_exact(2).map(|unit| u16::from_le_bytes([unit[0], unit[1]])).collect();
    let text = String::from_utf16_lossy(&units);
    text.trim_end_matches(['\r', '\n']).to_owned()
}

/// Less what came along in copying: blanks, an editor's byte order mark, and what `faceid sign --output env` and `json`
/// write around it. Line ends that follow it may be the slip, quotes without a name are one, and so may be whatever stands
/// around what then is no sign either.
fn as_sent(received: &str) -> Cow<'_, str> {
    let bare = received.trim_start_matches('\u{feff}').trim_start().trim_end_matches([' ', '\t']);
    let variable = bare.strip_prefix("FACEID_SIGN=").map(|value| value.trim_end().trim_matches('\'').into());
    let member = || Some(serde_json::from_str::<Value>(bare).ok()?.get("sign")?.as_str()?.to_owned().into());
    let sign = variable.or_else(member).unwrap_or(Cow::Borrowed(bare));
    if Claims::peek(&sign).is_ok() { sign } else { received.into() }
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
        _ if claims.is_none() => of_form(sign, claims),
        _ if claims.is_some_and(|claims| claims.api_key != credentials.api_key()) => {
            Verdict::Refused(Say::OtherKey.into(), "other_key")
        }
        _ => Verdict::Refused(Say::UnknownSlip.into(), "unknown"),
    }
}

/// What shows without a secret, or with another than it was made with.
fn of_form(sign: &str, claims: Option<&Claims>) -> Verdict {
    match (Slip::of_form(sign), claims) {
        (Some(slip), _) => Verdict::Refused(slip.into(), slip.name()),
        (None, Some(_)) => Verdict::Unverified,
        (None, None) => Verdict::Refused(Say::NoSign.into(), "unreadable"),
    }
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
