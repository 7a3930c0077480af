//! The sandbox for steps that ask it from other programs.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

use crate::{Result, tools::Tools};

/// The sandbox, in a process of its own. It ends with its standard input, so with this one.
pub(super) struct Sandbox {
    child: Child,
    pub(super) url: String,
    pub(super) key: String,
    pub(super) secret: String,
}

impl Sandbox {
    pub(super) fn start(tools: &Tools) -> Result<Self> {
        let mut command: Command =
            tools.command("cargo run --quiet --package examples --example sandbox").into();
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut lines = BufReader::new(child.stdout.take().ok_or("the sandbox has no output")?).lines();
        let mut value = |name: &str| -> Result<String> {
            let line = lines.next().ok_or("the sandbox ended")??;
            let value = line.strip_prefix(name).and_then(|rest| rest.strip_prefix('='));
            Ok(value.ok_or_else(|| format!("the sandbox does not say {name}"))?.to_owned())
        };
        let url = value("FACEID_BASE_URL")?;
        let key = value("FACEID_API_KEY")?;
        let secret = value("FACEID_API_SECRET")?;
        Ok(Self { child, url, key, secret })
    }

    pub(super) fn stop(mut self) -> Result {
        drop(self.child.stdin.take());
        let status = self.child.wait()?;
        if status.success() { Ok(()) } else { Err(format!("the sandbox: {status}").into()) }
    }
}
