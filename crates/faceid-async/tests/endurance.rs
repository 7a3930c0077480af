//! Many calls, and calls that are given up. With `-- --full` as many as it takes.

use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use faceid_async::Client;
use faceid_faults::{Server, endurance, process};
use tokio::runtime::Runtime;
use tokio::time::{sleep, timeout};

fn main() -> ExitCode {
    let runtime = Runtime::new().expect("a runtime");
    let many = endurance::run("async", |config| {
        let client = Client::new(config).expect("a client");
        let handle = runtime.handle().clone();
        move |request: &_| handle.block_on(client.send(request))
    });
    let cancelled =
        endurance::show("async", "256 calls at once, given up at random", || runtime.block_on(cancelled()));
    if many == ExitCode::SUCCESS && cancelled { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Nothing leaks, and the pool still serves.
async fn cancelled() -> Result<String, String> {
    const AT_ONCE: u64 = 256;
    const ROUNDS: u64 = 20;
    let server = Server::start(None, |peer| {
        for number in 0.. {
            peer.skim()?;
            thread::sleep(pause(peer.connection as u64 + number));
            peer.answer("200 OK", "", r#"{"biz_token":"fake-token"}"#)?;
        }
        Ok(())
    });
    let client = Client::new(endurance::config(&server)).map_err(|error| error.to_string())?;
    let mut given_up = 0;
    let mut states = Vec::new();
    for round in 0..ROUNDS {
        let calls: Vec<_> = (0..AT_ONCE)
            .map(|call| {
                let client = client.clone();
                let patience = pause(round * AT_ONCE + call * 31);
                tokio::spawn(
                    async move { timeout(patience, client.send(&endurance::request())).await.is_err() },
                )
            })
            .collect();
        for call in calls {
            given_up += usize::from(call.await.map_err(|error| error.to_string())?);
        }
        // A connection that was given up is closed by a task of its own.
        sleep(Duration::from_millis(100)).await;
        states.push(process::usage("self").zip(process::open_files()));
    }
    let gauges = client.gauges();
    if gauges.in_flight != 0 || gauges.retry_quota != 500 {
        return Err(format!("{gauges:?}"));
    }
    if given_up == 0 || given_up as u64 == AT_ONCE * ROUNDS {
        return Err(format!("{given_up} calls were given up"));
    }
    for call in 0..100 {
        client.send(&endurance::request()).await.map_err(|error| format!("call {call} after: {error}"))?;
    }
    // The pool keeps 64 connections, whose files the server has too, twice each, as it is in this process.
    let (Some(Some((early, _))), Some(Some((late, files)))) = (states.get(4), states.last()) else {
        return Ok(format!("{given_up} of {} given up", AT_ONCE * ROUNDS));
    };
    let grew = late.resident.saturating_sub(early.resident);
    if *files > 400 || grew > 16 << 20 {
        return Err(format!("{files} files are open, memory grew by {grew} bytes"));
    }
    Ok(format!("{given_up} of {} given up, {files} files, memory +{} kB", AT_ONCE * ROUNDS, grew / 1024))
}

/// Up to 20 ms, all of them as often.
fn pause(number: u64) -> Duration {
    Duration::from_micros(number.wrapping_mul(0x9E37_79B9_7F4A_7C15) % 20_000)
}
