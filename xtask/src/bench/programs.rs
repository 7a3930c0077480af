//! The programs of `crates/faceid-bench`, built and ready to run.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use xshell::Cmd;

use super::turns::{Contestant, Figures, figures};
use crate::{Result, tools::Tools, workspace::Metadata};

const MANIFEST: &str = "crates/faceid-bench/Cargo.toml";

/// Everything that a row needs.
pub(crate) struct Bench<'a> {
    pub(super) tools: &'a Tools,
    /// Below the target folder, and of the benchmark alone.
    pub(super) folder: PathBuf,
    programs: PathBuf,
    pub(super) quick: bool,
    server: Server,
    tls_server: Server,
    certificate: PathBuf,
}

impl<'a> Bench<'a> {
    /// With the signs of other libraries.
    pub(crate) fn build(tools: &'a Tools, quick: bool) -> Result<Self> {
        Self::with(tools, "release", &["--features", "peers"], quick)
    }

    /// Without: what counts and is counted, which is the same without optimisation, and takes half as long to build.
    pub(crate) fn for_counts(tools: &'a Tools) -> Result<Self> {
        Self::with(tools, "debug", &["--bin", "allocations", "--bin", "calls", "--bin", "server"], true)
    }

    fn with(tools: &'a Tools, profile: &str, options: &[&str], quick: bool) -> Result<Self> {
        let folder = Metadata::of_members(tools)?.target_directory.join("bench");
        let build = tools.command("cargo build --locked --quiet --manifest-path").arg(MANIFEST);
        let build = if profile == "release" { build.arg("--release") } else { build };
        build.arg("--target-dir").arg(&folder).args(options).quiet().run()?;
        let certificate = folder.join("certificate.pem");
        let programs = folder.join(profile);
        let program = programs.join("server");
        let server = Server::start(tools.command("env").arg(&program))?;
        let tls_server = Server::start(tools.command("env").arg(&program).arg("--tls").arg(&certificate))?;
        Ok(Self { tools, folder, programs, quick, server, tls_server, certificate })
    }

    pub(super) fn rounds(&self) -> usize {
        if self.quick { 3 } else { 9 }
    }

    /// One of the programs, by its name.
    pub(super) fn program(&self, name: &str) -> Cmd<'a> {
        self.under("env", name)
    }

    /// The same under another one: `env`, or one that looks on.
    pub(super) fn under(&self, other: &str, name: &str) -> Cmd<'a> {
        let command = self.tools.command(other).arg(self.programs.join(name));
        command.env("BENCH_CERTIFICATE", &self.certificate)
    }

    /// By the name that a resolver has to look up.
    pub(super) fn url(&self) -> &str {
        &self.server.url
    }

    /// By address.
    pub(super) fn address(&self) -> String {
        by_address(self.url())
    }

    /// The server that speaks TLS, by address.
    pub(super) fn tls_address(&self) -> String {
        by_address(self.tls_url())
    }

    pub(super) fn tls_url(&self) -> &str {
        &self.tls_server.url
    }

    /// How many of `count` calls are made.
    pub(super) fn extent(&self, count: u32) -> u32 {
        if self.quick { count / 5 } else { count }
    }

    /// One who makes `count` calls, some at a time.
    pub(super) fn caller<'b>(
        &'b self,
        who: &'static str,
        url: &'b str,
        in_flight: u32,
        count: u32,
    ) -> Contestant<'b> {
        Contestant::new(who, move || self.calls(who, url, in_flight, count))
    }

    pub(super) fn calls(&self, who: &str, url: &str, in_flight: u32, count: u32) -> Result<Figures> {
        let numbers = [in_flight, self.extent(count)].map(|number| number.to_string());
        figures(self.program("calls").args([who, url]).args(numbers))
    }
}

fn by_address(url: &str) -> String {
    url.replace("localhost", "127.0.0.1")
}

/// It ends with its standard input, so with this one.
struct Server {
    child: Child,
    url: String,
}

impl Server {
    fn start(command: Cmd<'_>) -> Result<Self> {
        let mut command: Command = command.into();
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut lines = BufReader::new(child.stdout.take().ok_or("the server has no output")?).lines();
        let url = lines.next().ok_or("the server ended")??;
        Ok(Self { child, url })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// Removes a folder that may not be there.
pub(super) fn remove(folder: &Path) -> Result {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}
