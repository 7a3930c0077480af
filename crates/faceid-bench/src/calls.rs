//! What a call costs: ours, and what a user would write in their place.
//!
//! Each in a process of its own, so that its processor time is told from the server's.

// Of the client, so that what is measured beside it is sent as it sends.
#[path = "../../faceid-blocking/src/joined.rs"]
mod joined;
#[path = "../../faceid-blocking/src/left.rs"]
mod left;
mod ours;
mod with_hyper;
mod with_reqwest;
mod with_ureq;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};

use crate::meter::{Meter, resident_kib};
use crate::report;

/// How many calls, and how many of them at a time.
#[derive(Clone, Copy)]
struct Plan {
    in_flight: u32,
    count: u32,
    /// Tells the allocations so far, in a program that counts them.
    allocations: Option<fn() -> usize>,
}

impl Plan {
    fn allocations(self) -> usize {
        self.allocations.map_or(0, |count| count())
    }
}

/// Makes the calls that `WHO URL IN_FLIGHT COUNT` asks for, after as many to warm up as are in flight, at least.
///
/// # Panics
///
/// If the arguments say nothing that can be done, or a call fails.
pub fn run(arguments: &[String], allocations: Option<fn() -> usize>) {
    let [who, url, in_flight, count] = arguments else {
        panic!("usage: WHO URL IN_FLIGHT COUNT");
    };
    let number = |text: &String| text.parse().expect("a number");
    let plan = Plan { in_flight: number(in_flight), count: number(count), allocations };
    match who.as_str() {
        "async" => ours::waiting(url, plan),
        "async-untimed" => ours::waiting_untimed(url, plan),
        "async-hold" => ours::waiting_hold(url, plan),
        "async-https" => ours::waiting_https(url),
        "async-first" => ours::waiting_first(url),
        "async-burst" => ours::waiting_burst(url, plan),
        "blocking" => ours::blocking(url, plan),
        "blocking-untimed" => ours::blocking_untimed(url, plan),
        "blocking-hold" => ours::blocking_hold(url, plan),
        "blocking-https" => ours::blocking_https(url),
        "blocking-first" => ours::blocking_first(url),
        "blocking-burst" => ours::blocking_burst(url, plan),
        "reqwest-multipart" => with_reqwest::multipart(url, plan),
        "reqwest-plain" => with_reqwest::plain(url, plan),
        "ureq-multipart" => with_ureq::multipart(url, plan),
        "ureq-multipart-pooled" => with_ureq::multipart_pooled(url, plan),
        "ureq-plain" => with_ureq::plain(url, plan),
        "hyper" => with_hyper::run(url, plan),
        other => panic!("nobody is called {other}"),
    }
}

/// One thread where calls come one after the other, so that their counts are the same in each run.
fn runtime(plan: Plan) -> Runtime {
    let mut builder =
        if plan.in_flight == 1 { Builder::new_current_thread() } else { Builder::new_multi_thread() };
    builder.enable_all().build().expect("a runtime")
}

/// Runs the calls in as many tasks as are in flight; each gets a worker of its own.
fn in_tasks<W, F>(plan: Plan, worker: impl Fn() -> W)
where
    W: FnMut() -> F + Send + 'static,
    F: Future<Output = ()> + Send,
{
    runtime(plan).block_on(async {
        let mut workers: Vec<W> = (0..plan.in_flight).map(|_| worker()).collect();
        let mut meter = None;
        for count in [plan.in_flight.max(50), plan.count] {
            let left = Arc::new(AtomicI64::new(count.into()));
            meter = Some((Meter::start(), plan.allocations()));
            let tasks: Vec<_> = workers
                .into_iter()
                .map(|mut worker| {
                    let left = Arc::clone(&left);
                    tokio::spawn(async move {
                        while left.fetch_sub(1, Ordering::Relaxed) > 0 {
                            worker().await;
                        }
                        worker
                    })
                })
                .collect();
            workers = Vec::new();
            for task in tasks {
                workers.push(task.await.expect("a task"));
            }
        }
        tell(meter, plan);
    });
}

/// The same in threads.
fn in_threads(plan: Plan, call: impl Fn() + Sync) {
    let mut meter = None;
    for count in [plan.in_flight.max(50), plan.count] {
        let left = AtomicI64::new(count.into());
        meter = Some((Meter::start(), plan.allocations()));
        let work = || {
            while left.fetch_sub(1, Ordering::Relaxed) > 0 {
                call();
            }
        };
        if plan.in_flight == 1 {
            work();
        } else {
            std::thread::scope(|scope| (0..plan.in_flight).for_each(|_| drop(scope.spawn(work))));
        }
    }
    tell(meter, plan);
}

fn tell(started: Option<(Meter, usize)>, plan: Plan) {
    let (meter, before) = started.expect("it was started");
    let count = f64::from(plan.count);
    let mut figures = vec![("cpu_us", meter.cpu_us() / count), ("per_second", count / meter.seconds())];
    if plan.allocations.is_some() {
        #[expect(clippy::cast_precision_loss, reason = "far below")]
        figures.push(("allocations", (plan.allocations() - before) as f64 / count));
    }
    report::print(figures);
}

/// Memory for each call while all of them wait for the server. `start` starts one that never ends by itself.
fn while_held(plan: Plan, start: impl Fn()) {
    std::thread::sleep(Duration::from_millis(50));
    let before = resident_kib();
    (0..plan.in_flight).for_each(|_| start());
    std::thread::sleep(Duration::from_secs(1));
    report::print([("kib", (resident_kib() - before) / f64::from(plan.in_flight))]);
    std::process::exit(0);
}
