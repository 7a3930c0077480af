//! A sandbox in a process of its own, and what that has used.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use std::{env, fs, io};

use faceid_sandbox::Sandbox;

/// The argument by which this program is that process.
pub(crate) const SERVE: &str = "serve";

/// Until stdin ends.
pub(crate) fn serve() {
    rlimit::increase_nofile_limit(4096).expect("files for some thousand connections");
    let server = Sandbox::builder().start().expect("a port");
    println!("{}", server.address());
    io::copy(&mut io::stdin(), &mut io::sink()).expect("the end of stdin");
}

pub(crate) struct Process {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Process {
    pub(crate) fn start() -> Self {
        let mut command = Command::new(env::current_exe().expect("this program"));
        let mut child =
            command.arg(SERVE).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("a process");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("its stdout")).read_line(&mut line).expect("its address");
        let address = line.trim().parse().expect("an address");
        Self { child, address }
    }

    /// MiB of memory that it has, and the most that it ever had.
    pub(crate) fn memory(&self) -> (f64, f64) {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("/proc");
        let kib = |name: &str| -> f64 {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).expect("the line");
            line.trim().trim_end_matches(" kB").parse().expect("a number")
        };
        (kib("VmRSS:") / 1024.0, kib("VmHWM:") / 1024.0)
    }

    /// How long its threads have had a processor.
    pub(crate) fn processor(&self) -> Duration {
        let tasks = fs::read_dir(format!("/proc/{}/task", self.child.id())).expect("its threads");
        let nanos = tasks.map(|task| -> u64 {
            let path = task.expect("a thread").path().join("schedstat");
            let text = fs::read_to_string(path).expect("its times");
            text.split(' ').next().and_then(|nanos| nanos.parse().ok()).expect("a number")
        });
        Duration::from_nanos(nanos.sum())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}
