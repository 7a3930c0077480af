//! Valid calls over keep-alive: how many a core bears, and what a million of them leave behind.

use std::time::Instant;

use crate::Figure;
use crate::client::{Connection, requests};
use crate::process::Process;

const CALLS: usize = 1_000_000;
/// By then the journal is full.
const WARM_UP: usize = 100_000;
const CONNECTIONS: usize = 32;

pub(crate) fn measure() -> Vec<Figure> {
    let process = Process::start();
    let requests = requests(CONNECTIONS * 32);
    let mut connections: Vec<_> = (0..CONNECTIONS).map(|_| Connection::open(process.address)).collect();
    let mut calls = |count: usize| {
        for round in requests.chunks(CONNECTIONS).cycle().take(count / CONNECTIONS) {
            for (connection, request) in connections.iter_mut().zip(round) {
                connection.send(request);
            }
            for connection in &mut connections {
                assert_eq!(connection.status(), 200);
            }
        }
    };
    calls(WARM_UP);
    let (before, _) = process.memory();
    let (processor, started) = (process.processor(), Instant::now());
    calls(CALLS);
    let (processor, elapsed) = (process.processor().saturating_sub(processor), started.elapsed());
    let (after, _) = process.memory();

    #[expect(clippy::cast_precision_loss, reason = "a million is far below")]
    let rate = |seconds: f64| CALLS as f64 / seconds;
    let (a_core, a_clock) = (rate(processor.as_secs_f64()), rate(elapsed.as_secs_f64()));
    let of_each = 1e6 / a_core;
    vec![
        Figure::new(
            format!(
                "{a_core:.0} valid calls in a second of one core, {of_each:.1} us each; {a_clock:.0} a second by the clock"
            ),
            "15 000 on one core",
            a_core >= 15_000.0,
        ),
        Figure::new(
            format!("memory {before:.1} MiB before a million calls, {after:.1} MiB after"),
            "flat: within 2 MiB",
            after < before + 2.0,
        ),
    ]
}
