//! `faceid doctor`: one look at everything between here and a token.

mod check;
mod probe;
mod reach;

use std::time::Duration;

use clap::Args;
use faceid_blocking::{Config, Context, Credentials, Network};
use serde_json::{Value, json};

use crate::args::Output;
use crate::commands::doctor::check::{Check, Status};
use crate::commands::doctor::reach::{Patience, Reach, Timed};
use crate::console::{Console, Report};
use crate::failure::{Failure, Kind};
use crate::interrupt;
use crate::settings::flags::{KeyFlags, PatienceFlags, PlaceFlags};
use crate::settings::keys::{self, Part, Prompt};
use crate::settings::{Name, Origin, Settings, missing, place};
use crate::speech::{Phrase, Say};

#[derive(Args)]
pub(crate) struct DoctorArgs {
    #[command(flatten)]
    place: PlaceFlags,
    #[command(flatten)]
    key: KeyFlags,
    #[command(flatten)]
    patience: PatienceFlags,
    /// Send a signed request without liveness_id, to see whether the sign passes. The order of the service's checks is
    /// not documented: only a service that checks the sign first refuses a wrong one here, and a right one is not proved
    #[arg(long)]
    probe: bool,
}

/// A clock that is off by less is no cause: a sign is good for 100 seconds.
const CLOCK_TOLERANCE: u64 = 30;

pub(crate) fn run(console: &Console, args: &DoctorArgs, profile: Option<&str>) -> Result<(), Failure> {
    interrupt::ends_with_130_off_terminal(console);
    let flags = [args.place.given(), args.key.given(), args.patience.given()].concat();
    let mut checks = Vec::new();
    match Settings::load(flags, profile) {
        Ok(settings) => examine(console, &settings, args.probe, &mut checks),
        Err(failure) if failure.kind == Kind::Usage => return Err(failure),
        Err(failure) => checks.push(Check::failed("profile", failure)),
    }
    let reported = console.report(&report(console, &checks));
    let failed: Vec<&Failure> = checks.iter().filter_map(Check::failure).collect();
    let Some(first) = failed.first() else {
        return reported;
    };
    let message = Say::DoctorFound.with([failed.len().to_string().into(), first.message.clone()]);
    // For people the advice stands in the report, next to what it is about.
    let hint = first.hint.clone().filter(|_| console.output == Output::Json);
    Err(Failure { message, hint, ..(*first).clone() })
}

fn examine(console: &Console, settings: &Settings, probe: bool, checks: &mut Vec<Check>) {
    let profile = match settings.profile() {
        Some(profile) => {
            Say::ProfileFound.with([profile.name.clone().into(), profile.file.display().to_string().into()])
        }
        None => Say::NoProfile.into(),
    };
    checks.push(Check::passed("profile", profile));
    let credentials = Check::take("credentials", credentials(settings), checks);
    interrupt::ends_with_130(console);
    let Some(ready) = Check::take("address", ready(console, settings, credentials.as_ref()), checks) else {
        return checks.extend(["proxy", "dns", "connect", "tls", "clock", "sign"].map(Check::skipped));
    };
    let patience = Patience::of(ready.timeout);
    reach(&ready, patience, checks);
    checks.push(match credentials {
        _ if !probe => Check::left_out("sign", Say::NoProbe),
        _ if patience.left().is_zero() => Check::skipped("sign"),
        Some(_) => probe_sign(console, settings, &ready, patience),
        None => Check::left_out("sign", Say::NoPairToProbe),
    });
}

/// The pair, and where its parts are.
fn credentials(settings: &Settings) -> Result<(Credentials, Phrase), Failure> {
    let key = settings.api_key()?.ok_or_else(|| missing(Name::ApiKey, Say::WaysOfKey))?;
    let secret = settings.api_secret(Prompt::Allowed)?;
    let secret = secret.ok_or_else(|| missing(Name::ApiSecret, Say::WaysOfSecret))?;
    let where_from = |part: &Part| match part.origin {
        Origin::Prompt => Say::OriginPrompt.into(),
        _ => part.place.clone(),
    };
    let found = Say::CredentialsFound.with([where_from(&key), where_from(&secret)]);
    keys::pair(&key, &secret).map(|pair| (pair, found))
}

/// Settings that were checked, without anything having been sent.
struct Ready {
    config: Config,
    context: Context,
    network: Network,
    base_url: String,
    timeout: Duration,
}

fn ready(
    console: &Console,
    settings: &Settings,
    credentials: Option<&Credentials>,
) -> Result<(Ready, Phrase), Failure> {
    let (found, base_url) = settings.place()?;
    let credentials = match credentials {
        Some(credentials) => credentials.clone(),
        // The address can be looked at without a key; nothing is signed with this one.
        None => Credentials::new("none", "none")
            .map_err(|error| Failure::new(Kind::Other, keys::fault(error.fault)))?,
    };
    settings.log_origins(console)?;
    let config = settings.config_at(base_url.clone(), credentials)?;
    let context = Context::new(config.clone()).map_err(|error| settings.refused(error))?;
    let network = settings.network()?;
    let address = Say::AddressFound.with([base_url.clone().into(), place(found.name, found.origin)]);
    Ok((Ready { config, context, network, base_url, timeout: settings.timeout()? }, address))
}

fn reach(ready: &Ready, patience: Patience, checks: &mut Vec<Check>) {
    let skipped = |names: &[&'static str]| names.iter().copied().map(Check::skipped).collect::<Vec<_>>();
    match ready.network.proxy_for(&ready.context) {
        Err(error) => {
            checks.push(Check::failed("proxy", error.into()));
            checks.extend(skipped(&["dns", "connect", "tls", "clock"]));
        }
        Ok(Some(proxy)) if proxy.expose().starts_with("http://") && !proxy.expose().contains('@') => {
            through(ready, proxy.expose(), patience, checks);
        }
        // One that is reached by TLS, or wants a password: the client knows how.
        Ok(Some(_)) => {
            checks.push(Check::passed("proxy", Say::ProxyFound));
            checks.extend(skipped(&["dns", "connect", "tls", "clock"]));
        }
        Ok(None) => {
            checks.push(Check::passed("proxy", Say::NoProxy));
            direct(ready, patience, checks);
        }
    }
}

fn direct(ready: &Ready, patience: Patience, checks: &mut Vec<Check>) {
    let skipped = |names: &[&'static str]| names.iter().copied().map(Check::skipped).collect::<Vec<_>>();
    let Some(reach) = Check::take("dns", Reach::resolve(&ready.base_url, patience), checks) else {
        return checks.extend(skipped(&["connect", "tls", "clock"]));
    };
    let Some(stream) = Check::take("connect", reach.connect(), checks) else {
        return checks.extend(skipped(&["tls", "clock"]));
    };
    talk(ready, &reach, stream, checks);
}

/// By way of a proxy, which looks the service's name up and connects to it.
fn through(ready: &Ready, proxy: &str, patience: Patience, checks: &mut Vec<Check>) {
    let skipped = |names: &[&'static str]| names.iter().copied().map(Check::skipped).collect::<Vec<_>>();
    let connected = Reach::resolve(proxy, patience).and_then(|(way, _)| way.connect());
    let connected = connected.map(|(stream, detail)| (stream, Say::ProxyReached.with([detail])));
    let Some(mut stream) = Check::take("proxy", connected, checks) else {
        return checks.extend(skipped(&["dns", "connect", "tls", "clock"]));
    };
    checks.push(Check::left_out("dns", Say::ProxyResolves));
    let reach = Reach::behind_a_proxy(&ready.base_url, patience);
    let tunnel = reach.tunnel(&ready.base_url, &mut stream).map(|detail| ((), detail));
    if Check::take("connect", tunnel, checks).is_none() {
        return checks.extend(skipped(&["tls", "clock"]));
    }
    talk(ready, &reach, stream, checks);
}

fn talk(ready: &Ready, reach: &Reach, mut stream: Timed, checks: &mut Vec<Check>) {
    let date = if ready.context.is_https() {
        let tls = ready.network.tls_config(&ready.context).map_err(Failure::from);
        let secured = tls.and_then(|tls| reach.secure(stream, tls));
        let Some(mut stream) = Check::take("tls", secured, checks) else {
            return checks.push(Check::skipped("clock"));
        };
        reach.go_on(&mut stream.sock);
        reach.date(&mut stream)
    } else {
        checks.push(Check::left_out("tls", Say::NoTls));
        reach.go_on(&mut stream);
        reach.date(&mut stream)
    };
    checks.push(clock(date));
}

/// What the service is ahead of this machine.
fn clock(date: Result<Option<i64>, Failure>) -> Check {
    match date {
        Err(failure) => Check::failed("clock", failure),
        Ok(None) => Check::left_out("clock", Say::NoDate),
        Ok(Some(ahead)) if ahead.unsigned_abs() <= CLOCK_TOLERANCE => {
            Check::passed("clock", Say::ClockRight.with([ahead.to_string().into()]))
        }
        Ok(Some(ahead)) => {
            let say = if ahead > 0 { Say::ClockBehind } else { Say::ClockAhead };
            let message = say.with([ahead.unsigned_abs().to_string().into()]);
            Check::failed("clock", Failure::new(Kind::Other, message).hint(Say::SetClock).code("clock"))
        }
    }
}

fn probe_sign(console: &Console, settings: &Settings, ready: &Ready, patience: Patience) -> Check {
    let config = ready.config.clone().deadline(patience.left());
    match settings.client(console, config, &ready.network) {
        Ok(client) => probe::send("sign", &client),
        Err(failure) => Check::failed("sign", failure),
    }
}

fn report(console: &Console, checks: &[Check]) -> Report {
    let mut lines = Vec::new();
    let mut env = Vec::new();
    let mut json = Vec::new();
    for check in checks {
        let status = check.status();
        let (detail, advice) =
            (console.say(&check.detail), check.advice().map(|advice| console.say(&advice)));
        lines.push(format!("{} {:<12} {detail}", padded(&console.say(&status.say().into())), check.name));
        if let Some(advice) = &advice {
            lines.push(format!("{:21} {}{advice}", "", console.say(&Say::Advice.into())));
        }
        env.push((format!("FACEID_DOCTOR_{}", check.name.to_ascii_uppercase()), status.as_str().to_owned()));
        json.push(
            json!({ "name": check.name, "status": status.as_str(), "detail": detail, "advice": advice }),
        );
    }
    let ok = checks.iter().all(|check| check.status() != Status::Failed);
    Report { text: lines.join("\n"), json: json!({ "ok": ok, "checks": Value::Array(json) }), env }
}

/// A column of eight places on the screen, of which a Chinese character takes two.
fn padded(text: &str) -> String {
    let width: usize = text.chars().map(|character| if character.is_ascii() { 1 } else { 2 }).sum();
    format!("{text}{}", " ".repeat(8_usize.saturating_sub(width)))
}
