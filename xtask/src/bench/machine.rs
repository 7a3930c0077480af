//! What figures depend on.

use std::{fs, thread};

use crate::{Result, tools::Tools};

/// Processor, cores, kernel and compiler; nothing that names the machine.
pub(super) fn described(tools: &Tools) -> Result<String> {
    let rustc = tools.command("rustc --version").quiet().read()?;
    let rustc = rustc.split(" (").next().unwrap_or_default();
    let information = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = information.lines().find_map(|line| line.strip_prefix("model name"));
    let model = model.map_or("a processor unknown", |model| model.trim_start_matches(['\t', ' ', ':']));
    let cores = thread::available_parallelism()?;
    let release = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    // What follows the version is the name of who built it.
    let kernel = release.split('-').next().unwrap_or_default().trim();
    Ok(format!("{model}, {cores} cores, Linux {kernel}, {rustc}"))
}
