//! `faceid sandbox`: the service as its vendor documents it, on this machine.

use std::net::SocketAddr;
use std::thread;
use std::time::Duration;

use clap::{Args, ValueEnum};
use faceid_sandbox::{
    Builder, ConcurrencyStatus, DEMO_API_KEY, DEMO_API_SECRET, Fault, Key, Sandbox, Server, demo_credentials,
};
use serde_json::json;

use crate::args::Output;
use crate::console::{Console, Report};
use crate::failure::{Failure, Kind};
use crate::interrupt;
use crate::settings::flags::KeyFlags;
use crate::settings::keys::{self, Prompt};
use crate::settings::values::duration;
use crate::settings::{Name, Settings, missing};
use crate::speech::Say;

#[derive(Args)]
pub(crate) struct SandboxArgs {
    /// Where to listen; port 0 is any free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    // Flags alone count here, so that no real secret gets in by accident.
    #[command(flatten)]
    key: KeyFlags,
    /// Calls that the key may make; then LIMIT_REACHED
    #[arg(long, value_name = "N")]
    quota: Option<u64>,
    /// Requests that the key may have in flight; beyond, CONCURRENCY_LIMIT_EXCEEDED
    #[arg(long, value_name = "N")]
    concurrency: Option<u64>,
    /// The status of CONCURRENCY_LIMIT_EXCEEDED, on which the vendor's pages contradict each other
    #[arg(long, value_enum, default_value_t)]
    concurrency_status: Status,
    /// What every request gets, such as INTERNAL_ERROR*2, reset or delay=200ms+slow=10B/s
    #[arg(long, value_name = "FAULT")]
    fault: Option<Fault>,
    /// A scene that exists; may be given several times [default: any does]
    #[arg(long, value_name = "ID")]
    liveness_id: Vec<String>,
    /// Seconds that the sandbox's clock is ahead of this machine's, or behind
    #[arg(long, value_name = "SECONDS", default_value_t, allow_negative_numbers = true)]
    clock_offset: i64,
    /// How long after its expiry a sign is still taken, such as 30s
    #[arg(long, value_name = "TIME", value_parser = time)]
    clock_skew: Option<Duration>,
    /// The longest validity of a sign, such as 1h [default: no limit]
    #[arg(long, value_name = "TIME", value_parser = time)]
    longest_validity: Option<Duration>,
    /// How long a biz_token is valid, such as 1h
    #[arg(long, value_name = "TIME", value_parser = time)]
    token_lifetime: Option<Duration>,
    /// Refuse form fields that the vendor's page does not list
    #[arg(long)]
    strict_fields: bool,
    /// Leave `request_id` and `time_used` out of errors, as in the vendor's example
    #[arg(long)]
    bare_errors: bool,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum Status {
    #[default]
    #[value(name = "403")]
    Forbidden,
    #[value(name = "429")]
    TooManyRequests,
}

/// How often the log is looked after.
const LOG_INTERVAL: Duration = Duration::from_millis(100);

pub(crate) fn run(console: &Console, args: &SandboxArgs) -> Result<(), Failure> {
    let server = builder(args)?.start().map_err(|error| {
        Failure::new(
            Kind::Other,
            Say::CannotListen.with([args.listen.to_string().into(), error.to_string().into()]),
        )
    })?;
    server.sandbox().set_clock_offset(args.clock_offset);
    interrupt::ends_well();
    report(console, &server, args)?;
    if !args.listen.ip().is_loopback() {
        console.note(&Say::OpenToOthers.into());
    }
    loop {
        if console.logs(1) {
            thread::sleep(LOG_INTERVAL);
            log(console, server.sandbox());
        } else {
            thread::park();
        }
    }
}

/// The sandbox of `faceid token --sandbox`.
pub(crate) fn embedded() -> Result<Server, Failure> {
    let address = "127.0.0.1:0".into();
    Sandbox::builder().start().map_err(|error| {
        Failure::new(Kind::Other, Say::CannotListen.with([address, error.to_string().into()]))
    })
}

fn builder(args: &SandboxArgs) -> Result<Builder, Failure> {
    let mut builder = Sandbox::builder()
        .address(args.listen)
        .key(key(args)?)
        .liveness_ids(args.liveness_id.clone())
        .unknown_fields(!args.strict_fields)
        .request_id_on_errors(!args.bare_errors)
        .time_used_on_errors(!args.bare_errors)
        .longest_validity(args.longest_validity)
        .concurrency_status(match args.concurrency_status {
            Status::Forbidden => ConcurrencyStatus::Forbidden,
            Status::TooManyRequests => ConcurrencyStatus::TooManyRequests,
        });
    if let Some(skew) = args.clock_skew {
        builder = builder.clock_skew(skew);
    }
    if let Some(lifetime) = args.token_lifetime {
        builder = builder.token_lifetime(lifetime);
    }
    Ok(match &args.fault {
        Some(fault) => builder.rule(fault.clone()),
        None => builder,
    })
}

fn key(args: &SandboxArgs) -> Result<Key, Failure> {
    let settings = Settings::of_flags(args.key.given());
    let credentials = match (settings.api_key()?, settings.api_secret(Prompt::Never)?) {
        (None, None) => demo_credentials(),
        (Some(key), Some(secret)) => keys::pair(&key, &secret)?,
        (None, Some(_)) => {
            return Err(Failure { kind: Kind::Usage, ..missing(Name::ApiKey, Say::BothOrNone) });
        }
        (Some(_), None) => {
            return Err(Failure { kind: Kind::Usage, ..missing(Name::ApiSecret, Say::BothOrNone) });
        }
    };
    let mut key = Key::new(credentials);
    if let Some(calls) = args.quota {
        key = key.quota(calls);
    }
    if let Some(requests) = args.concurrency {
        key = key.concurrency(requests);
    }
    Ok(key)
}

fn report(console: &Console, server: &Server, args: &SandboxArgs) -> Result<(), Failure> {
    let url = server.url();
    let demo = args.key.given().is_empty();
    let mut env = vec![("FACEID_BASE_URL".to_owned(), url.to_owned())];
    let mut json = json!({ "base_url": url });
    if demo {
        env.push(("FACEID_API_KEY".to_owned(), DEMO_API_KEY.to_owned()));
        env.push(("FACEID_API_SECRET".to_owned(), DEMO_API_SECRET.to_owned()));
        json["api_key"] = DEMO_API_KEY.into();
        json["api_secret"] = DEMO_API_SECRET.into();
    }
    let text = format!("listening on {url}");
    console.report(&Report { text, json, env })?;
    if demo && console.output == Output::Text {
        console.note(&Say::TryIt.with([url.into(), DEMO_API_KEY.into(), DEMO_API_SECRET.into()]));
    }
    Ok(())
}

/// A line for each request since the last time. There is nothing secret in the journal.
fn log(console: &Console, sandbox: &Sandbox) {
    let entries = sandbox.journal();
    if entries.is_empty() {
        return;
    }
    // What comes between the two is lost to the log, which is for people; and the memory is for one reader.
    sandbox.clear_journal();
    for entry in entries {
        console.log(1, || {
            let parts = [
                Some(entry.status.map_or("reset".to_owned(), |status| status.to_string())),
                entry.error.as_ref().map(ToString::to_string),
                entry.problem.as_ref().map(|problem| format!("({problem})")),
                entry.request_id.as_ref().map(|request_id| format!("request_id {request_id}")),
            ];
            parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
        });
    }
}

fn time(text: &str) -> Result<Duration, &'static str> {
    duration(text).ok_or("a number with its unit is wanted: 500ms, 30s, 2m or 1h")
}
