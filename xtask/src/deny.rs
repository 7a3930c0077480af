//! `cargo xtask deny`: licences, bans, sources and duplicates of all that we depend on, and known holes in it. The
//! rules stand in `.cargo/deny.toml`.

use crate::{
    Result,
    tools::{Tools, pinned},
};

/// What is said of the advisories.
pub(crate) enum Advisories {
    Checked,
    /// Their database cannot be had, for this reason.
    NotChecked(String),
}

/// Fails where a rule is broken, or an advisory is known.
pub(crate) fn run() -> Result<Advisories> {
    let program = pinned::cargo_tool(&pinned::DENY)?;
    let program = program.display().to_string();
    let tools = Tools::new()?.online();
    let deny = |before: &[&str], checks: &[&str]| {
        let command = tools.command(&program).args(["--config", ".cargo/deny.toml", "--all-features"]);
        command.args(before).arg("check").args(checks)
    };
    deny(&["--offline"], &["--deny", "unmatched-skip", "bans", "licenses", "sources"]).run()?;

    // It says in one way that it found something and that it could not look: fetching is a step of its own.
    let fetch = tools.command(&program).args(["--config", ".cargo/deny.toml", "fetch", "db"]);
    let fetched = fetch.quiet().ignore_status().output()?;
    if !fetched.status.success() {
        let said = String::from_utf8_lossy(&fetched.stderr);
        let reason = said.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("it did not say why");
        return Ok(Advisories::NotChecked(reason.trim().to_owned()));
    }
    deny(&[], &["--disable-fetch", "advisories"]).run()?;
    Ok(Advisories::Checked)
}
