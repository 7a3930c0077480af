//! Passes rows through whatever asks, and says what came of it.

use std::env;
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::scene::{OVERSHOOT, Seen};
use crate::{Row, Scene, Told, log, process};

/// Rows run side by side, where memory is not measured: they mostly wait.
const AT_ONCE: usize = 8;
/// By how many bytes memory may grow in a row.
const GROWTH: u64 = 16 << 20;

/// The quick rows, several at once, with ten times the time that a call may overshoot its deadline by; with the argument
/// `--full` all of them, one after the other so that memory and time are measured, and a line for each.
///
/// `who` stands in each line. What does not hold is said, and fails.
pub fn run(who: &str, rows: &[Row], ask: impl Fn(&Scene<'_>) -> Result<Told, String> + Sync) -> ExitCode {
    let full = env::args().any(|argument| argument == "--full");
    log::listen();
    let chosen: Vec<&Row> = rows.iter().filter(|row| full || row.quick).collect();
    let ended = if full { one_by_one(who, &chosen, ask) } else { side_by_side(who, &chosen, ask) };

    println!(
        "{who}: {} rows passed, {} failed, {} left out; the worst deadline overshoot {:.0} ms, \
         the most bytes taken {}, {} lines logged{}",
        ended.passed,
        ended.failed,
        rows.len() - chosen.len(),
        ended.overshoot.as_secs_f64() * 1e3,
        ended.accepted,
        log::lines(),
        if full {
            format!(", memory grew by at most {:.1} MB", megabytes(ended.grew))
        } else {
            String::new()
        },
    );
    if ended.failed == 0 && ended.passed > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

#[derive(Default)]
struct Ended {
    passed: usize,
    failed: usize,
    overshoot: Duration,
    accepted: usize,
    grew: u64,
}

fn one_by_one(who: &str, rows: &[&Row], ask: impl Fn(&Scene<'_>) -> Result<Told, String>) -> Ended {
    let mut ended = Ended::default();
    for row in rows {
        let before = process::begin_peak();
        let started = Instant::now();
        let result = play(row, OVERSHOOT, &ask);
        let seconds = started.elapsed().as_secs_f64();
        let own =
            before.and_then(|before| Some(process::usage("self")?.peak.saturating_sub(before.resident)));
        let result = result.and_then(|seen| match seen.told.grew.or(own) {
            Some(grew) if grew > GROWTH => Err(format!("memory grew by {:.1} MB", megabytes(grew))),
            Some(grew) => Ok((seen, grew)),
            None => Err("memory cannot be measured here".into()),
        });
        match result {
            Ok((seen, grew)) => {
                println!(
                    "ok      {who:<9} {:<62} {:<32} {:>2} {seconds:>6.2} {:>5.1}",
                    row.name,
                    seen.told.outcome.escape_debug(),
                    seen.requests,
                    megabytes(grew),
                );
                ended.grew = ended.grew.max(grew);
                ended.passed(&seen);
            }
            Err(fault) => ended.failed(who, row, &fault),
        }
    }
    ended
}

fn side_by_side(who: &str, rows: &[&Row], ask: impl Fn(&Scene<'_>) -> Result<Told, String> + Sync) -> Ended {
    let (ended, rows) = (Mutex::new(Ended::default()), Mutex::new(rows.iter()));
    let next = || rows.lock().unwrap_or_else(PoisonError::into_inner).next();
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(row) = next() {
                    let result = play(row, OVERSHOOT * 10, &ask);
                    let mut ended = ended.lock().unwrap_or_else(PoisonError::into_inner);
                    match result {
                        Ok(seen) => ended.passed(&seen),
                        Err(fault) => ended.failed(who, row, &fault),
                    }
                }
            });
        }
    });
    ended.into_inner().unwrap_or_else(PoisonError::into_inner)
}

fn play(
    row: &Row,
    most_overshoot: Duration,
    ask: impl Fn(&Scene<'_>) -> Result<Told, String>,
) -> Result<Seen, String> {
    log::begin_row();
    let seen = Scene::new(row).play(most_overshoot, ask);
    match log::take_leaks().as_slice() {
        [] => seen,
        leaks => Err(format!("a log shows what it must not: {leaks:?}")),
    }
}

impl Ended {
    fn passed(&mut self, seen: &Seen) {
        self.passed += 1;
        self.overshoot = self.overshoot.max(seen.overshoot);
        self.accepted = self.accepted.max(seen.accepted);
    }

    fn failed(&mut self, who: &str, row: &Row, fault: &str) {
        self.failed += 1;
        println!("FAILED  {who:<9} {}: {fault}", row.name);
    }
}

#[expect(clippy::cast_precision_loss, reason = "for a table")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}
