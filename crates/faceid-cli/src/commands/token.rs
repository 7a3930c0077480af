//! `faceid token`: one `biz_token`, or several.

use std::num::NonZeroU32;

use clap::Args;
use faceid_blocking::{AttemptRecord, BizToken, Client, Config, GetBizToken, Network, Outcome};
use serde_json::json;

use crate::console::{Console, Report};
use crate::failure::{Failure, Kind, code, transport};
use crate::interrupt;
use crate::settings::flags::{KeyFlags, PatienceFlags, PlaceFlags, SceneFlags, ValidityFlags};
use crate::settings::{Name, Settings, missing};
use crate::speech::{Phrase, Say, steers};

#[derive(Args)]
pub(crate) struct TokenArgs {
    #[command(flatten)]
    scene: SceneFlags,
    /// The end user's id in your system, at most 128 bytes
    #[arg(long)]
    uuid: Option<String>,
    #[command(flatten)]
    place: PlaceFlags,
    #[command(flatten)]
    key: KeyFlags,
    #[command(flatten)]
    validity: ValidityFlags,
    #[command(flatten)]
    patience: PatienceFlags,
    /// How many tokens, by one client, one a line
    #[arg(long, value_name = "N", default_value = "1", value_parser = count, allow_negative_numbers = true)]
    count: NonZeroU32,
    /// Ask a sandbox inside this program: no credentials, no network. Its tokens start no liveness session
    #[cfg(feature = "sandbox")]
    #[arg(long, conflicts_with_all = ["region", "base_url", "path_prefix", "ca_file", "api_key", "api_secret_file"])]
    sandbox: bool,
}

fn count(given: &str) -> Result<NonZeroU32, Phrase> {
    given.parse().map_err(|_| Say::NotACount.with([u32::MAX.to_string().into()]))
}

pub(crate) fn run(console: &Console, args: TokenArgs, profile: Option<&str>) -> Result<(), Failure> {
    interrupt::ends_with_130_off_terminal(console);
    let flags = [
        args.scene.given(),
        args.place.given(),
        args.key.given(),
        args.validity.given(),
        args.patience.given(),
    ];
    let settings = Settings::load(flags.concat(), profile)?;

    #[cfg(feature = "sandbox")]
    let server = args.sandbox.then(super::sandbox::embedded).transpose()?;
    #[cfg(feature = "sandbox")]
    let embedded =
        server.as_ref().map(|server| (server.url().to_owned(), faceid_sandbox::demo_credentials()));
    #[cfg(not(feature = "sandbox"))]
    let embedded = None;

    let named = settings.find(Name::LivenessId)?;
    let scene = match &named {
        Some(found) => found.text()?.to_owned(),
        None if embedded.is_some() => "any-scene".to_owned(),
        None => return Err(missing(Name::LivenessId, Say::WaysOfScene)),
    };
    let (config, network) = if let Some((url, credentials)) = embedded {
        // Whom else to trust is of no matter here.
        (settings.config_at(url, credentials)?.path_prefix("/faceid"), Network::default())
    } else {
        // Where to ask is settled first: nobody should type a secret only to learn that the region is missing.
        settings.place()?;
        let network = settings.network()?;
        (settings.config(console, settings.credentials()?)?, network)
    };
    interrupt::ends_with_130(console);
    let config = observed(config, console.clone(), settings.attempts()?);
    let client = settings.client(console, config, &network)?;
    let mut request = GetBizToken::new(scene);
    if let Some(uuid) = args.uuid {
        request = request.uuid(uuid);
    }
    ask(console, &client, &request, args.count.get()).map_err(|failure| match named {
        // What the library refuses of it is said of where it stands.
        Some(found) if failure.code.as_deref() == Some(Name::LivenessId.key()) => {
            Failure { kind: found.origin.kind(), ..failure }
        }
        _ => failure,
    })
}

fn ask(console: &Console, client: &Client, request: &GetBizToken, count: u32) -> Result<(), Failure> {
    for number in 1..=count {
        let token = client.send(request)?;
        let variable =
            if count == 1 { "FACEID_BIZ_TOKEN".to_owned() } else { format!("FACEID_BIZ_TOKEN_{number}") };
        console.report(&report(&token, variable)?)?;
    }
    let gauges = client.gauges();
    console.log(2, || format!("{gauges:?}"));
    if gauges.clock_correction != 0 {
        console.note(&Say::ClockCorrected.with([gauges.clock_correction.to_string().into()]));
    }
    Ok(())
}

fn report(token: &BizToken, variable: String) -> Result<Report, Failure> {
    let text = token.biz_token().to_owned();
    // A server must not write to the terminal, nor make two lines of one. The form decides how it is written, not whether
    // it is a token.
    if text.contains(steers) {
        let request_id = token.request_id().map(str::to_owned);
        return Err(Failure { request_id, ..Failure::new(Kind::Decode, Say::TokenWithControl) });
    }
    let json = serde_json::to_value(token).unwrap_or_default();
    Ok(Report { env: vec![(variable, text.clone())], text, json })
}

/// With a line on stderr for each retry, and for each attempt in the log.
fn observed(config: Config, console: Console, attempts: u32) -> Config {
    config.observer(move |record| {
        console.log(1, || attempt(record));
        if let Some(wait) = record.wait {
            let next = record.attempt + 1;
            let parts = json!({
                "wait_ms": u64::try_from(wait.as_millis()).unwrap_or(u64::MAX),
                "attempt": next,
                "of": attempts,
                "reason": short_reason(record),
            });
            let seconds = format!("{:.1}", wait.as_secs_f64().max(0.1));
            let (next, attempts) = (next.to_string().into(), attempts.to_string().into());
            console.event(
                "retry",
                parts,
                &Say::Retrying.with([seconds.into(), next, attempts, reason(record)]),
            );
        }
    })
}

fn reason(record: &AttemptRecord<'_>) -> Phrase {
    match record.outcome {
        Outcome::Transport(kind) => transport(kind).map_or_else(|| kind.to_string().into(), Phrase::from),
        _ => short_reason(record).into(),
    }
}

/// For programs: the service's code, or a short name.
fn short_reason(record: &AttemptRecord<'_>) -> String {
    match (record.code.and_then(code), record.status) {
        (Some(code), _) => code,
        (None, Some(status)) => format!("HTTP {status}"),
        (None, None) => record.outcome.as_str().to_owned(),
    }
}

/// One line of the log; the record holds nothing secret.
fn attempt(record: &AttemptRecord<'_>) -> String {
    let parts = [
        Some(format!("attempt {}: {}", record.attempt, record.outcome.as_str())),
        record.status.map(|status| format!("HTTP {status}")),
        record.code.map(ToString::to_string),
        record.request_id.map(|request_id| format!("request_id {request_id}")),
        Some(format!("{} ms", record.duration.as_millis())),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}
