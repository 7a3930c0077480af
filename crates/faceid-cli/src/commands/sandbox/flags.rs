//! The command line of `faceid sandbox`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, ValueEnum};
use faceid_sandbox::{Answers, Fault, VendorError};

use crate::calendar::{LAST_SECOND, unix_time_to};
use crate::settings::flags::KeyFlags;
use crate::settings::values::duration;
use crate::speech::{Phrase, Say};

#[derive(Args)]
pub(crate) struct SandboxArgs {
    #[command(flatten)]
    pub(super) place: Place,
    #[command(flatten)]
    pub(super) keys: Keys,
    #[command(flatten)]
    pub(super) faults: Faults,
    #[command(flatten)]
    pub(super) choices: Choices,
    /// Ask whether the sandbox at this address is there, and do nothing else: for a container's health check
    #[arg(long, value_name = "URL", conflicts_with_all = ["Place", "KeyFlags", "from_env", "file", "quota", "concurrency", "Faults", "Choices"])]
    pub(super) health: Option<String>,
    /// With --health: the file that the other sandbox wrote by --ca-out
    #[arg(long, value_name = "PEM", requires = "health")]
    pub(super) ca_file: Option<PathBuf>,
}

/// Where it listens, and until when.
#[derive(Args)]
pub(super) struct Place {
    /// Where to listen; port 0 is any free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0", value_parser = address)]
    pub(super) listen: SocketAddr,
    /// Serve HTTPS, by a certificate authority made at the start
    #[arg(long, requires = "ca_out")]
    pub(super) tls: bool,
    /// Where to write the certificate of that authority, for clients to trust
    #[arg(long, value_name = "FILE", requires = "tls")]
    pub(super) ca_out: Option<PathBuf>,
    /// A name by which the console and /__sandbox/ may be called, besides localhost; may be given several times
    #[arg(long, value_name = "NAME", value_parser = host)]
    pub(super) allow_host: Vec<String>,
    /// A file with the token by which other machines may call /__sandbox/ [default: FACEID_SANDBOX_ADMIN_TOKEN, else they may not]
    #[arg(long, value_name = "PATH")]
    pub(super) admin_token_file: Option<PathBuf>,
    /// Once it listens, write {"url", "pid"} there; the file is renamed into place, and removed at the end
    #[arg(long, value_name = "FILE")]
    pub(super) ready_file: Option<PathBuf>,
    /// End when standard input does, so with the program at its other end
    #[arg(long)]
    pub(super) until_stdin_closes: bool,
}

/// Who may ask.
#[derive(Args)]
pub(super) struct Keys {
    // Flags alone count here, so that no real secret gets in by accident.
    #[command(flatten)]
    pub(super) key: KeyFlags,
    /// Take the pair of FACEID_API_KEY and FACEID_API_SECRET
    #[arg(long = "keys-from-env", conflicts_with_all = ["api_key", "api_secret_file"])]
    pub(super) from_env: bool,
    /// A JSON file with keys: [{"api_key", "api_secret", "state", "quota", "concurrency", "allowed_ips"}, ..]
    #[arg(long = "keys", value_name = "FILE", conflicts_with_all = ["api_key", "api_secret_file", "from_env", "quota", "concurrency"])]
    pub(super) file: Option<PathBuf>,
    /// Calls that the key may make; then LIMIT_REACHED
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub(super) quota: Option<u64>,
    /// Requests that the key may have in flight; beyond, CONCURRENCY_LIMIT_EXCEEDED
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub(super) concurrency: Option<u64>,
}

/// What is to go wrong.
#[derive(Args)]
pub(super) struct Faults {
    /// What every request gets that is right, such as INTERNAL_ERROR*2, reset or delay=200ms+slow=10B/s
    #[arg(long, value_name = "FAULT")]
    pub(super) fault: Option<Fault>,
    /// A JSON file with rules, each as POST /__sandbox/rules takes it: [{"fault", "match", "times", "probability", "seed"}, ..]
    #[arg(long, value_name = "FILE")]
    pub(super) rules: Option<PathBuf>,
    /// What all draws come from: with the same seed, faults are the same, and by the same clock (--frozen-at) tokens and ids too [default: one that is drawn and told]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub(super) seed: Option<u64>,
}

/// What the vendor's pages leave open.
#[derive(Args)]
pub(super) struct Choices {
    /// The status of CONCURRENCY_LIMIT_EXCEEDED, on which the vendor's pages contradict each other
    #[arg(long, value_enum, value_name = "STATUS", default_value_t, allow_negative_numbers = true)]
    pub(super) concurrency_status: Status,
    /// A scene that exists; may be given several times [default: any does]
    #[arg(long, value_name = "ID", value_parser = NonEmptyStringValueParser::new())]
    pub(super) liveness_id: Vec<String>,
    /// Seconds that the sandbox's clock is ahead of this machine's, or behind
    #[arg(long, value_name = "SECONDS", default_value_t, allow_negative_numbers = true, value_parser = offset)]
    pub(super) clock_offset: i64,
    /// Have the sandbox's clock stand still at this UNIX time: with --seed the same requests then get the same tokens and ids
    #[arg(long, value_name = "SECONDS", conflicts_with = "clock_offset", value_parser = moment, allow_negative_numbers = true)]
    pub(super) frozen_at: Option<u64>,
    /// How long after its expiry a sign is still taken, such as 30s
    #[arg(long, value_name = "TIME", value_parser = time, allow_hyphen_values = true)]
    pub(super) clock_skew: Option<Duration>,
    /// The longest validity of a sign, such as 1h [default: no limit]
    #[arg(long, value_name = "TIME", value_parser = time, allow_hyphen_values = true)]
    pub(super) longest_validity: Option<Duration>,
    /// How far in the future a sign may have been issued, such as 1m [default: no limit]
    #[arg(long, value_name = "TIME", value_parser = time, allow_hyphen_values = true)]
    pub(super) furthest_future: Option<Duration>,
    /// How far from now a single-use sign may have been issued, or none for no limit [default: 24h]
    #[arg(long, value_name = "TIME", value_parser = window, allow_hyphen_values = true)]
    pub(super) single_use_window: Option<Window>,
    /// How long a biz_token is valid, such as 1h
    #[arg(long, value_name = "TIME", value_parser = time, allow_hyphen_values = true)]
    pub(super) token_lifetime: Option<Duration>,
    /// Refuse form fields that the vendor's page does not list
    #[arg(long)]
    pub(super) strict_fields: bool,
    /// Leave `request_id` and `time_used` out of errors, as in the vendor's example; or one of them alone
    #[arg(long, value_enum, value_name = "FIELD", num_args = 0..=1, require_equals = true, default_missing_value = "both")]
    pub(super) bare_errors: Option<Bare>,
    /// Leave the header x-faceid-sandbox-hint out of answers
    #[arg(long)]
    pub(super) no_hints: bool,
    /// Which error a slip gets, such as replay=AUTHENTICATION_ERROR; may be given several times. GET /__sandbox/config names them
    #[arg(long, value_name = "SLIP=ERROR", value_parser = answer)]
    pub(super) answer: Vec<(String, VendorError)>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Status {
    #[default]
    #[value(name = "403")]
    Forbidden,
    #[value(name = "429")]
    TooManyRequests,
}

/// What errors do without.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Bare {
    Both,
    #[value(name = "request_id")]
    RequestId,
    #[value(name = "time_used")]
    TimeUsed,
}

/// A time, or no limit.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window(pub(super) Option<Duration>);

fn address(text: &str) -> Result<SocketAddr, Phrase> {
    text.parse().map_err(|_| Say::AddressWanted.into())
}

/// As it stands in a URL, and nothing else of that: what has more would never be asked for.
fn host(text: &str) -> Result<String, Phrase> {
    let of_a_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    (!text.is_empty() && text.bytes().all(of_a_name)).then(|| text.to_owned()).ok_or(Say::HostWanted.into())
}

fn offset(text: &str) -> Result<i64, Phrase> {
    let offset = text.parse().ok().filter(|offset: &i64| offset.unsigned_abs() <= LAST_SECOND);
    offset.ok_or_else(|| Say::OffsetWanted.with([LAST_SECOND.to_string().into()]))
}

fn moment(text: &str) -> Result<u64, Phrase> {
    unix_time_to(LAST_SECOND, text)
}

fn time(text: &str) -> Result<Duration, Phrase> {
    duration(text).ok_or(Say::TimeWanted.into())
}

fn window(text: &str) -> Result<Window, Phrase> {
    if text == "none" { Ok(Window(None)) } else { time(text).map(|time| Window(Some(time))) }
}

fn answer(text: &str) -> Result<(String, VendorError), Phrase> {
    let (slip, error) = text.split_once('=').filter(|(slip, _)| !slip.is_empty()).ok_or(Say::AnswerWanted)?;
    let known = serde_json::to_value(Answers::default()).unwrap_or_default();
    let mut known = known.as_object().into_iter().flat_map(|known| known.keys());
    if !known.clone().any(|known| known == slip) {
        let known: Vec<_> = known.by_ref().map(String::as_str).collect();
        return Err(Say::NoSuchSlip.with([slip.into(), known.join(", ").into()]));
    }
    let error = error.parse::<VendorError>().map_err(|_| Say::VendorErrorWanted.with([slip.into()]))?;
    Ok((slip.to_owned(), error))
}
