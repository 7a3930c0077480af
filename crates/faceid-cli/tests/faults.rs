//! The hostile server, asked by the program: exit codes by the public table, and what stdout and stderr say.
//!
//! With `-- --full` every row, and a line for each.

use std::fs;
use std::io;
use std::path::Path;
use std::process::{Child, Command, ExitCode, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use faceid_faults::{Expect, SECRET, Scene, Told, UUID, process};

fn main() -> ExitCode {
    // What the program takes where nothing is wrong.
    let usual = AtomicUsize::new(0);
    faceid_faults::run("program", &faceid_faults::rows(), |scene| {
        let roots = Roots::write(scene.roots()).map_err(|error| error.to_string())?;
        let started = Instant::now();
        let child = start(scene, &roots.0).map_err(|error| error.to_string())?;
        let (output, peak) = watched(child).map_err(|error| error.to_string())?;
        let took = started.elapsed();
        let code = output.status.code();
        let (stdout, stderr) = (text(output.stdout)?, text(output.stderr)?);
        if code != Some(exit_code(scene)) {
            return Err(format!("exit code {code:?}, {} was expected: {stderr}", exit_code(scene)));
        }
        let tokens = scene.row().calls().iter().filter(|call| **call == Expect::Token).count();
        if stdout != "fake-token\n".repeat(tokens) {
            return Err(format!("stdout: {stdout:?}"));
        }
        if code > Some(1) && !stderr.contains("\nadvice: ") {
            return Err(format!("no advice: {stderr}"));
        }
        let attempts: Vec<&str> = stderr.lines().filter(|line| line.starts_with("attempt ")).collect();
        let last = attempts.last().and_then(|line| line.split_once(": ")).map_or("", |(_, told)| told);
        if !scene.row().calls().last().is_some_and(|expected| fits(last, *expected)) {
            return Err(format!("the last attempt: {last:?}"));
        }
        // The first row is one of tokens.
        let _ = usual.compare_exchange(0, peak, Ordering::Relaxed, Ordering::Relaxed);
        Ok(Told {
            outcome: format!("exit code {}", code.unwrap_or_default()),
            shown: stderr.replace('\n', " "),
            attempts: attempts.len(),
            // All calls together take no longer than one may.
            took: vec![took],
            // One whose memory was never seen has taken more than any may.
            grew: Some(match peak {
                0 => u64::MAX,
                _ => peak.saturating_sub(usual.load(Ordering::Relaxed)) as u64,
            }),
        })
    })
}

/// The public table. The program ends with the first call that fails, which is a row's last.
fn exit_code(scene: &Scene<'_>) -> i32 {
    of(scene.row().calls().last().copied().unwrap_or(Expect::Token))
}

fn of(ended: Expect) -> i32 {
    match ended {
        Expect::Token => 0,
        // A token that a terminal would obey is not written to one.
        Expect::TokenOf(_) | Expect::Decode => 1,
        Expect::Api(429, "") | Expect::Api(_, "CONCURRENCY_LIMIT_EXCEEDED") => 6,
        Expect::Api(_, "") | Expect::Transport(_) => 5,
        Expect::Api(..) => 4,
        Expect::OneOf(ways) => of(ways[0]),
    }
}

/// What the log tells of an attempt: its outcome, the status of an answer, and an error's code.
fn fits(told: &str, expected: Expect) -> bool {
    let is = |outcome: &str| told.split(", ").next() == Some(outcome);
    match expected {
        Expect::Token | Expect::TokenOf(_) => is("success"),
        Expect::Transport(kind) => is(kind.as_str()),
        Expect::Decode => is("decode"),
        Expect::Api(status, code) => {
            // What would steer a terminal is escaped, and quotes are not.
            let code = code.escape_debug().to_string().replace(r#"\""#, "\"");
            is("api") && told.contains(&format!("HTTP {status}, {code}"))
        }
        Expect::OneOf(ways) => ways.iter().any(|way| fits(told, *way)),
    }
}

/// A file of its own for each row: they run side by side.
struct Roots(String);

impl Roots {
    fn write(pem: &str) -> io::Result<Self> {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let name = format!("roots-{}-{}.pem", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::write(&path, pem)?;
        Ok(Self(path.to_string_lossy().into_owned()))
    }
}

impl Drop for Roots {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

fn start(scene: &Scene<'_>, roots: &str) -> io::Result<Child> {
    let row = scene.row();
    let mut command = Command::new(env!("CARGO_BIN_EXE_faceid"));
    command
        .args(["token", "-vv", "--lang", "en", "--liveness-id", "fake-scene", "--uuid", UUID])
        .args(["--api-key", "fake-key", "--base-url", &scene.url(), "--ca-file", roots])
        .args(["--timeout", &format!("{}ms", row.deadline().as_millis())])
        .args(["--max-attempts", &row.most_attempts().to_string()])
        .args(["--count", &row.calls().len().to_string()])
        .env_clear()
        // Where coverage is written, while it is measured.
        .envs(std::env::var_os("LLVM_PROFILE_FILE").map(|file| ("LLVM_PROFILE_FILE", file)))
        .envs(scene.proxy().map(|url| ("HTTPS_PROXY", url)))
        .env("FACEID_API_SECRET", SECRET);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()
}

/// The output, and the most memory that was seen to be taken, in bytes.
fn watched(child: Child) -> io::Result<(Output, usize)> {
    let id = child.id().to_string();
    // It is looked at from here: many a process has ended before another thread would begin to.
    let ending = thread::spawn(move || child.wait_with_output());
    let mut peak = 0;
    // A process that has ended has no memory left to tell of.
    while let Some(usage) = process::usage(&id) {
        peak = usage.peak;
        thread::sleep(Duration::from_millis(1));
    }
    let output = ending.join().map_err(|_| io::Error::other("nobody waited for it"))??;
    Ok((output, usize::try_from(peak).unwrap_or(usize::MAX)))
}

fn text(bytes: Vec<u8>) -> Result<String, String> {
    String::from_utf8(bytes).map_err(|error| format!("not UTF-8: {error}"))
}
