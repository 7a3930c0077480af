//! What takes many calls to show: in short with each change, and in full with the argument `--full`.

use std::env;
use std::net::TcpListener;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use faceid_types::{BizToken, Config, Credentials, Error, GetBizToken, Retry};

use crate::scene::OVERSHOOT;
use crate::{Peer, SECRET, Server, UUID, process};

const TOKEN: &str = r#"{"biz_token":"fake-token"}"#;
/// By how many bytes memory may differ between a tenth of the calls and all of them.
const GROWTH: u64 = 4 << 20;

/// What is shown, of a client that sends one request at a time on each thread.
///
/// # Panics
///
/// If a thread of the test panics.
pub fn run<C>(who: &str, make: impl Fn(Config) -> C + Sync) -> ExitCode
where
    C: Fn(&GetBizToken) -> Result<BizToken, Error> + Sync,
{
    let full = env::args().any(|argument| argument == "--full");
    let size = |full_size, short| if full { full_size } else { short };
    let mut shown = vec![
        show(who, "closed after every second answer", || closing(&make, size(10_000, 1_000))),
        show(who, "kept alive", || kept_alive(&make, size(1_000_000, 10_000))),
    ];
    let (lengths, late) = if full { (&LENGTHS[..], OVERSHOOT) } else { (&LENGTHS[..1], OVERSHOOT * 10) };
    shown.push(show(who, "deadlines of any length", || deadlines(&make, lengths, late)));
    let length = Duration::from_secs(size(60, 2) as u64);
    // Side by side: they mostly wait. The last two take their time over the first hundred calls.
    thread::scope(|scope| {
        let outages: Vec<_> = OUTAGES[..size(OUTAGES.len(), 2)]
            .iter()
            .map(|(name, fails)| {
                let make = &make;
                scope.spawn(move || show(who, &format!("an outage: {name}"), || outage(make, length, *fails)))
            })
            .collect();
        shown.extend(outages.into_iter().map(|outage| outage.join().expect("no panic")));
    });
    if shown.iter().all(|shown| *shown) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Runs it, prints a line, and tells whether it held.
pub fn show(who: &str, name: &str, run: impl FnOnce() -> Result<String, String>) -> bool {
    let started = Instant::now();
    let result = run();
    let seconds = started.elapsed().as_secs_f64();
    match &result {
        Ok(figures) => println!("ok      {who:<9} {name}: {figures} ({seconds:.1} s)"),
        Err(fault) => println!("FAILED  {who:<9} {name}: {fault} ({seconds:.1} s)"),
    }
    result.is_ok()
}

/// The settings for a server.
///
/// # Panics
///
/// Not by itself.
#[must_use]
pub fn config(server: &Server) -> Config {
    at(format!("http://{}", server.address()))
}

fn at(url: String) -> Config {
    Config::at(url, Credentials::new("fake-key", SECRET).expect("a pair"))
}

/// A request.
#[must_use]
pub fn request() -> GetBizToken {
    GetBizToken::new("fake-scene").uuid(UUID)
}

/// None fails, though each connection ends after its second answer and does not say so.
fn closing<C>(make: impl Fn(Config) -> C, calls: usize) -> Result<String, String>
where
    C: Fn(&GetBizToken) -> Result<BizToken, Error>,
{
    let server = Server::start(None, |peer| {
        for _ in 0..2 {
            peer.skim()?;
            peer.answer("200 OK", "", TOKEN)?;
        }
        Ok(())
    });
    let send = make(config(&server));
    for call in 0..calls {
        send(&request()).map_err(|error| format!("call {call}: {error}"))?;
    }
    Ok(format!("{calls} calls, {} requests, {} connections", server.requests(), server.connections()))
}

/// Memory, files and threads stay as they are.
fn kept_alive<C>(make: impl Fn(Config) -> C, calls: usize) -> Result<String, String>
where
    C: Fn(&GetBizToken) -> Result<BizToken, Error> + Sync,
{
    const THREADS: usize = 4;
    const KEPT: usize = 64;
    let server = Server::start(None, |peer| {
        loop {
            peer.skim()?;
            peer.answer("200 OK", "", TOKEN)?;
        }
    });
    let send = make(config(&server));
    let part = |calls: usize| {
        thread::scope(|scope| {
            let threads: Vec<_> = (0..THREADS)
                .map(|_| scope.spawn(|| (0..calls / THREADS).try_for_each(|_| send(&request()).map(drop))))
                .collect();
            threads.into_iter().try_for_each(|thread| thread.join().expect("no panic"))
        })
        .map_err(|error| error.to_string())
    };
    let state =
        || Some((process::usage("self")?, process::open_files()? as u64, server.connections() as u64));
    part(calls / 10)?;
    let warm = state();
    part(calls - calls / 10)?;
    let figures = match warm.zip(state()) {
        Some(((before, files_before, connections_before), (after, files, connections))) => {
            let grew = after.resident.saturating_sub(before.resident);
            // One more connection may be made while another is on its way back. Here it is a file of the client's, three
            // files of the server's, and a thread.
            let more = connections - connections_before;
            if grew > GROWTH || files > files_before + 4 * more || after.threads > before.threads + more {
                return Err(format!(
                    "grew by {grew} bytes, files {files_before} to {files}, threads {} to {}, {more} connections",
                    before.threads, after.threads
                ));
            }
            format!("memory +{} kB, {files} files, {} threads", grew / 1024, after.threads)
        }
        None => "what it takes is not told here".into(),
    };
    // reqwest starts a connection where none is idle, and keeps it though another came back first: a few more in a
    // million calls. Never more than a client keeps.
    if server.connections() > KEPT {
        return Err(format!("{} connections for {THREADS} threads", server.connections()));
    }
    Ok(format!("{calls} calls, {} connections, {figures}", server.connections()))
}

/// In milliseconds: what a system rounds up is more the longer it is. After 30 s reqwest gives up who takes nothing.
const LENGTHS: [u64; 8] = [1000, 1300, 2300, 4200, 8300, 16_700, 20_000, 28_000];

/// Calls to a service that takes a connection and neither reads nor says anything end when they should.
fn deadlines<C>(make: impl Fn(Config) -> C + Sync, lengths: &[u64], late: Duration) -> Result<String, String>
where
    C: Fn(&GetBizToken) -> Result<BizToken, Error> + Sync,
{
    let listener = TcpListener::bind("127.0.0.1:0").map_err(|error| error.to_string())?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    // More than a connection holds.
    let large = "x".repeat(5_000_000);
    let calls: Vec<_> = [("http", "fake-scene"), ("http", &large), ("https", "fake-scene")]
        .into_iter()
        .flat_map(|call| lengths.iter().map(move |length| (call, Duration::from_millis(*length))))
        .collect();
    let late_by = |scheme: &str, liveness_id: &str, length: Duration| {
        let config = at(format!("{scheme}://{address}"))
            .retry(Retry::default().max_attempts(1))
            .connect_timeout(length)
            .attempt_timeout(length)
            .deadline(length);
        let (send, request) = (make(config), GetBizToken::new(liveness_id));
        let started = Instant::now();
        let result = send(&request);
        let took = started.elapsed();
        match (result, took.checked_sub(length)) {
            (Err(Error::Transport(_)), Some(overshoot)) if overshoot <= late => Ok(overshoot),
            (result, _) => {
                let bytes = liveness_id.len();
                Err(format!("{scheme}, {bytes} bytes, {length:?}: {result:?} after {took:?}"))
            }
        }
    };
    let worst = thread::scope(|scope| {
        let calls: Vec<_> = calls
            .iter()
            .map(|((scheme, liveness_id), length)| {
                // Forms that are made side by side would be what is measured.
                thread::sleep(Duration::from_millis(30));
                scope.spawn(|| late_by(scheme, liveness_id, *length))
            })
            .collect();
        let overshoots = calls.into_iter().map(|call| call.join().expect("no panic"));
        overshoots.collect::<Result<Vec<_>, _>>().map(|overshoots| overshoots.into_iter().max())
    })?;
    let worst = worst.unwrap_or_default().as_secs_f64() * 1e3;
    Ok(format!("{} calls, the worst ends {worst:.0} ms late", calls.len()))
}

type Fails = fn(&mut Peer) -> std::io::Result<()>;

/// What a server does with a request while it is down.
const OUTAGES: [(&str, Fails); 4] = [
    ("500", |peer| peer.answer("500 X", "", r#"{"error":"INTERNAL_ERROR"}"#)),
    ("resets", |peer| peer.reset()),
    ("503", |peer| peer.answer("503 X", "", "<html>")),
    ("no answer", |peer| {
        peer.wait();
        Ok(())
    }),
];

/// At most three requests a call, at most 1.1 a call after the first hundred, and the first call after the end succeeds.
fn outage<C>(make: impl Fn(Config) -> C, length: Duration, fails: Fails) -> Result<String, String>
where
    C: Fn(&GetBizToken) -> Result<BizToken, Error> + Sync,
{
    const CALLERS: usize = 8;
    const FIRST: usize = 100;
    let started = Instant::now();
    let over = Arc::new(AtomicBool::new(false));
    let ended = Arc::clone(&over);
    let server = Server::start(None, move |peer| {
        loop {
            // Asked when a request is there: a connection may have waited for it since before the end.
            peer.skim()?;
            if !ended.load(Ordering::Relaxed) {
                return fails(peer);
            }
            peer.answer("200 OK", "", TOKEN)?;
        }
    });
    let send = make(config(&server).attempt_timeout(Duration::from_millis(100)));
    let (calls, most, first) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
    // A machine that is busy with other things gets ten times as long to make the calls that are judged.
    let lasts = || started.elapsed() < length || calls.load(Ordering::Relaxed) < 3 * FIRST;
    let goes_on = || started.elapsed() < length * 10 && lasts();
    thread::scope(|scope| {
        for _ in 0..CALLERS {
            scope.spawn(|| {
                while goes_on() {
                    if let Err(error) = send(&request()) {
                        most.fetch_max(error.attempts() as usize, Ordering::Relaxed);
                    }
                    if calls.fetch_add(1, Ordering::Relaxed) + 1 == FIRST {
                        first.store(server.requests(), Ordering::Relaxed);
                    }
                    thread::sleep(Duration::from_millis(5));
                }
            });
        }
    });
    let (calls, most, first) = (calls.into_inner(), most.into_inner(), first.into_inner());
    let requests = server.requests();
    // What a call tells, and what the server saw while none was held back.
    if most > 3 || first > 3 * (FIRST + CALLERS) {
        return Err(format!("{most} requests for a call, {first} for the first {FIRST}"));
    }
    let after = calls.saturating_sub(FIRST);
    let extra = requests.saturating_sub(first);
    let times = figure(extra) / figure(after.max(1));
    if after < FIRST || extra * 10 > after * 11 {
        return Err(format!("{extra} requests for the {after} calls after the first {FIRST}"));
    }
    over.store(true, Ordering::Relaxed);
    send(&request()).map_err(|error| format!("the first call after the outage: {error}"))?;
    Ok(format!(
        "{calls} calls, {requests} requests, at most {most} a call, {times:.3} a call after the first {FIRST}; \
         the first call after it succeeds"
    ))
}

#[expect(clippy::cast_precision_loss, reason = "for a table")]
fn figure(count: usize) -> f64 {
    count as f64
}
