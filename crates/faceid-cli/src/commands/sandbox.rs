//! `faceid sandbox`: the service as its vendor documents it, on this machine.

mod files;
mod flags;
mod health;

use std::sync::mpsc;
use std::time::Duration;
use std::{env, fs, io, thread};

use faceid_sandbox::{
    Answers, Builder, ConcurrencyStatus, DEMO_API_KEY, DEMO_API_SECRET, Entry, Key, Sandbox, Server,
    demo_credentials,
};
use serde_json::{Value, json};

use crate::args::Output;
use crate::console::{Console, Report, quoted};
use crate::failure::{Failure, Kind};
use crate::interrupt;
use crate::settings::keys::{self, Prompt};
use crate::settings::{Name, Settings, missing};
use crate::speech::Say;
use files::ReadyFile;
use flags::{Bare, Choices, Keys, Status};

pub(crate) use flags::SandboxArgs;

/// How many lines of the log may wait to be written.
const MOST_LINES: usize = 10_000;

/// How long the last lines of the log are waited for.
const LAST_LINES: Duration = Duration::from_secs(1);

/// How long calls that are under way are waited for at the end.
const LAST_CALLS: Duration = Duration::from_secs(5);

/// The one secret of the console. It has no flag: others can read a command line.
const ADMIN_TOKEN: &str = "FACEID_SANDBOX_ADMIN_TOKEN";

pub(crate) fn run(console: &Console, args: &SandboxArgs) -> Result<(), Failure> {
    if let Some(url) = &args.health {
        return health::check(url, args.ca_file.as_deref());
    }
    #[cfg(unix)]
    {
        // For all the connections that it takes; a shell often gives half of that.
        let _ = rlimit::increase_nofile_limit(4096);
    }
    let mut ready = ReadyFile::at(args.place.ready_file.as_deref());
    let (log, lines) = mpsc::sync_channel(MOST_LINES);
    let mut builder = builder(args)?;
    if console.logs(1) {
        // A line for which there is no room is lost: a terminal that stands still holds no request up.
        builder = builder.observer(move |namespace, entry| drop(log.try_send(line(namespace, entry))));
    } else {
        // Of a log that there is not, no last lines are waited for.
        drop(log);
    }
    let server = builder.start().map_err(|error| {
        let parts = [args.place.listen.to_string().into(), error.to_string().into()];
        Failure::new(Kind::Other, Say::CannotListen.with(parts))
    })?;
    files::write_ca(args.place.ca_out.as_deref(), &server)?;

    let (end, ended) = mpsc::channel();
    interrupt::ends_by({
        let end = end.clone();
        move || {
            let _ = end.send(());
        }
    });
    if args.place.until_stdin_closes {
        thread::spawn(move || {
            // Whether it ends or fails: nobody is there any more.
            let _ = io::copy(&mut io::stdin(), &mut io::sink());
            end.send(())
        });
    }
    ready.write(&server)?;
    report(console, &server, args)?;
    let written = write(console.clone(), lines);
    let _ = ended.recv();
    ready.remove();
    server.stop_gently(LAST_CALLS);
    let _ = written.recv_timeout(LAST_LINES);
    Ok(())
}

/// The sandbox of `faceid token --sandbox`.
pub(crate) fn embedded() -> Result<Server, Failure> {
    let address = "127.0.0.1:0".into();
    Sandbox::builder().start().map_err(|error| {
        Failure::new(Kind::Other, Say::CannotListen.with([address, error.to_string().into()]))
    })
}

fn builder(args: &SandboxArgs) -> Result<Builder, Failure> {
    let SandboxArgs { place, keys, faults, choices, .. } = args;
    let mut builder = with_choices(Sandbox::builder().address(place.listen), choices);
    for key in keys_of(keys)? {
        builder = builder.key(key);
    }
    if let Some(path) = &faults.rules {
        for rule in files::list::<faceid_sandbox::Rule>("--rules", path)? {
            builder = builder.rule(rule);
        }
    }
    // It fits every request, so it comes after those that may be for some.
    if let Some(fault) = &faults.fault {
        builder = builder.rule(fault.clone());
    }
    if let Some(seed) = faults.seed {
        builder = builder.seed(seed);
    }
    for name in &place.allow_host {
        builder = builder.allow_host(name);
    }
    if let Some(token) = admin_token(args)? {
        builder = builder.admin_token(token);
    }
    Ok(if place.tls { builder.tls() } else { builder })
}

fn with_choices(builder: Builder, choices: &Choices) -> Builder {
    let without = |field| choices.bare_errors.is_some_and(|bare| bare == Bare::Both || bare == field);
    let mut builder = builder
        .clock_offset(choices.clock_offset)
        .liveness_ids(choices.liveness_id.clone())
        .unknown_fields(!choices.strict_fields)
        .request_id_on_errors(!without(Bare::RequestId))
        .time_used_on_errors(!without(Bare::TimeUsed))
        .hint_header(!choices.no_hints)
        .longest_validity(choices.longest_validity)
        .furthest_future(choices.furthest_future)
        .answers(answers(choices))
        .concurrency_status(match choices.concurrency_status {
            Status::Forbidden => ConcurrencyStatus::Forbidden,
            Status::TooManyRequests => ConcurrencyStatus::TooManyRequests,
        });
    if let Some(at) = choices.frozen_at {
        builder = builder.frozen_at(at);
    }
    if let Some(skew) = choices.clock_skew {
        builder = builder.clock_skew(skew);
    }
    if let Some(window) = choices.single_use_window {
        builder = builder.single_use_window(window.0);
    }
    if let Some(lifetime) = choices.token_lifetime {
        builder = builder.token_lifetime(lifetime);
    }
    builder
}

fn answers(choices: &Choices) -> Answers {
    let given: Value = choices.answer.iter().map(|(slip, error)| (slip.clone(), json!(error))).collect();
    serde_json::from_value(given).expect("the command line takes no slip that there is not")
}

fn keys_of(flags: &Keys) -> Result<Vec<Key>, Failure> {
    if let Some(path) = &flags.file {
        return files::keys("--keys", path);
    }
    let settings =
        if flags.from_env { Settings::of_environment() } else { Settings::of_flags(flags.key.given()) };
    let (half, kind) = if flags.from_env {
        (Say::BothInEnvironment, Kind::Configuration)
    } else {
        (Say::BothOrNone, Kind::Usage)
    };
    let missing = |name| Failure { kind, ..missing(name, half) };
    let credentials = match (settings.api_key()?, settings.api_secret(Prompt::Never)?) {
        (None, None) if !flags.from_env => demo_credentials(),
        (Some(key), Some(secret)) => keys::pair(&key, &secret)?,
        (None, _) => return Err(missing(Name::ApiKey)),
        (Some(_), None) => return Err(missing(Name::ApiSecret)),
    };
    let mut key = Key::new(credentials);
    if let Some(calls) = flags.quota {
        key = key.quota(calls);
    }
    if let Some(requests) = flags.concurrency {
        key = key.concurrency(requests);
    }
    Ok(vec![key])
}

fn admin_token(args: &SandboxArgs) -> Result<Option<String>, Failure> {
    const FLAG: &str = "--admin-token-file";

    let Some(path) = &args.place.admin_token_file else {
        return Ok(env::var(ADMIN_TOKEN).ok().filter(|token| !token.is_empty()));
    };
    let token = fs::read_to_string(path).map_err(|error| files::unreadable(FLAG, &error))?;
    let token = token.trim_end_matches(['\r', '\n']);
    if token.is_empty() {
        // Everybody has that one.
        return Err(Failure::new(
            Kind::Configuration,
            Say::SettingRefused.with([FLAG.into(), Say::FaultEmpty.into()]),
        ));
    }
    Ok(Some(token.to_owned()))
}

fn report(console: &Console, server: &Server, args: &SandboxArgs) -> Result<(), Failure> {
    let url = server.url();
    let demo = args.keys.file.is_none() && !args.keys.from_env && args.keys.key.given().is_empty();
    let mut env = vec![("FACEID_BASE_URL".to_owned(), url.to_owned())];
    let mut json = json!({ "base_url": url, "seed": server.sandbox().seed() });
    if demo {
        env.push(("FACEID_API_KEY".to_owned(), DEMO_API_KEY.to_owned()));
        env.push(("FACEID_API_SECRET".to_owned(), DEMO_API_SECRET.to_owned()));
        json["api_key"] = DEMO_API_KEY.into();
        json["api_secret"] = DEMO_API_SECRET.into();
    }
    if let Some(path) = &args.place.ca_out {
        // For a terminal in another folder, too.
        let path = std::path::absolute(path).unwrap_or_else(|_| path.clone()).display().to_string();
        json["ca_file"] = path.clone().into();
        env.push(("FACEID_CA_FILE".to_owned(), path));
    }
    let assignments = env.iter().map(|(name, value)| format!("{name}={}", quoted(value)));
    let try_it = Say::TryIt.with([assignments.collect::<Vec<_>>().join(" ").into()]);
    let text = format!("listening on {url}");
    console.report(&Report { text, json, env })?;
    if console.output == Output::Text {
        console.note(&try_it);
    }
    if args.faults.seed.is_none() {
        console.note(&Say::SeedIs.with([server.sandbox().seed().to_string().into()]));
    }
    if !args.place.listen.ip().is_loopback() {
        console.note(&if args.place.tls { Say::OpenToOthersByTls } else { Say::OpenToOthers }.into());
    }
    Ok(())
}

/// Writes the lines of the log, on a thread of its own: who reads stderr may be slow, or not read at all. What is received
/// ends once all are written. There is nothing secret in the journal.
fn write(console: Console, lines: mpsc::Receiver<String>) -> mpsc::Receiver<()> {
    let (end, written) = mpsc::channel();
    thread::spawn(move || {
        for line in lines {
            console.log(1, || line);
        }
        drop(end);
    });
    written
}

/// What a client sent is escaped by its type, so that it moves nothing on a terminal.
fn line(namespace: Option<&str>, entry: &Entry) -> String {
    let parts = [
        namespace.map(|name| format!("/ns/{name}")),
        Some(entry.status.map_or("reset".to_owned(), |status| status.to_string())),
        entry.error.as_ref().map(ToString::to_string),
        entry.problem.as_ref().map(|problem| format!("({problem})")),
        entry.fault.as_ref().zip(entry.fault_by).map(|(fault, by)| format!("fault {fault} by {}", by.name())),
        entry.liveness_id.as_ref().map(|liveness_id| format!("liveness_id {liveness_id}")),
        entry.request_id.as_ref().map(|request_id| format!("request_id {request_id}")),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}
