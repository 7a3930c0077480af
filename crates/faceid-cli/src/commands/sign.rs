//! `faceid sign`: a sign, and the text that was signed.

use clap::Args;
use faceid_blocking::{Claims, Credentials, Hint, Nonce, SignError, Stamp};
use serde_json::json;

use crate::calendar::unix_time;
use crate::console::{Console, Report};
use crate::failure::{Failure, Kind};
use crate::interrupt;
use crate::settings::flags::{KeyFlags, ValidityFlags};
use crate::settings::{Name, Settings};
use crate::speech::Say;

#[derive(Args)]
pub(crate) struct SignArgs {
    #[command(flatten)]
    validity: ValidityFlags,
    /// UNIX time in seconds, field c [default: now]
    #[arg(long, value_name = "T", value_parser = unix_time, allow_negative_numbers = true)]
    issued_at: Option<u64>,
    /// One to ten digits, field d [default: random]
    #[arg(long, value_name = "D", value_parser = Nonce::new, allow_hyphen_values = true)]
    nonce: Option<Nonce>,
    /// Show the text that was signed, with the key masked
    #[arg(long)]
    explain: bool,
    #[command(flatten)]
    key: KeyFlags,
}

pub(crate) fn run(console: &Console, args: &SignArgs, profile: Option<&str>) -> Result<(), Failure> {
    interrupt::ends_with_130_off_terminal(console);
    let settings = Settings::load([args.validity.given(), args.key.given()].concat(), profile)?;
    let validity =
        settings.find(Name::Validity)?.map(|found| found.validity()).transpose()?.unwrap_or_default();
    let credentials = settings.credentials()?;

    let sign = stamp(args).and_then(|stamp| credentials.sign(&stamp, validity)).map_err(refused)?;
    let sign = sign.expose();
    let claims = Claims::peek(sign).map_err(|error| Failure::new(Kind::Other, error.to_string()))?;
    let mut json = json!({
        "sign": sign,
        "sign_version": "hmac_sha1",
        "issued_at": claims.issued_at,
        "expires_at": claims.expires_at,
        "nonce": claims.nonce.as_str(),
    });
    if args.explain {
        let raw = masked_raw(&credentials, &claims);
        console.note(&Say::Raw.with([raw.clone().into()]));
        json["raw"] = raw.into();
    }
    console.report(&Report {
        text: sign.to_owned(),
        json,
        env: vec![("FACEID_SIGN".to_owned(), sign.to_owned())],
    })
}

fn stamp(args: &SignArgs) -> Result<Stamp, SignError> {
    match (args.issued_at, args.nonce) {
        (Some(issued_at), Some(nonce)) => Ok(Stamp::new(issued_at, nonce)),
        (Some(issued_at), None) => Stamp::at(issued_at),
        (None, Some(nonce)) => Ok(Stamp::new(Stamp::now()?.issued_at(), nonce)),
        (None, None) => Stamp::now(),
    }
}

fn refused(error: SignError) -> Failure {
    match error {
        SignError::ExpiryOverflow => Failure::new(Kind::Usage, Say::ExpiryOverflow),
        SignError::ClockBeforeEpoch => Failure::new(Kind::Other, Say::ClockBeforeEpoch).hint(Hint::Machine),
        SignError::RandomSource => Failure::new(Kind::Other, Say::RandomSource).hint(Hint::Machine),
        other => Failure::new(Kind::Other, other.to_string()),
    }
}

/// The text as it was signed, but for the key: what is shown to a colleague need not name the customer.
fn masked_raw(credentials: &Credentials, claims: &Claims) -> String {
    let expires_at = claims.expires_at.unwrap_or_default();
    let key = masked(credentials.api_key());
    format!("a={key}&b={expires_at}&c={}&d={}", claims.issued_at, claims.nonce)
}

/// The first four characters; none of a key so short that they would be much of it.
pub(crate) fn masked(key: &str) -> String {
    let shown = if key.len() < 12 { "" } else { key.get(..4).unwrap_or_default() };
    format!("{shown}****")
}
