//! `cargo xtask release prepare X.Y.Z`: the commit and the tag of a version. Nothing leaves this machine.

use std::fs;

use semver::Version;

use super::{changelog, check, versions};
use crate::{Result, codegen, tools::Tools};

/// Sets the version everywhere, dates the changelog, commits and tags. What is done already is left as it is.
/// With `dry_run` it shows the difference and takes it back.
pub(crate) fn run(version: &str, dry_run: bool) -> Result {
    in_tree(&Tools::new()?, version, dry_run)
}

/// The same in the tree that `tools` work in.
pub(crate) fn in_tree(tools: &Tools, version: &str, dry_run: bool) -> Result {
    let version = versions::parse(version)?;
    check::clean(tools)?;
    if !dry_run {
        check::on_main(tools)?;
    }
    let tag = format!("v{version}");
    if check::tagged(tools, &version).is_ok() {
        println!("prepare: HEAD is tagged {tag}, nothing is left to do");
        return Ok(());
    }
    check::not_elsewhere(tools, &version)?;
    is_next(tools, &version)?;
    check::fetched(tools, versions::workspaces(tools)?)?;

    let text = changelog::read(tools)?;
    let changed = check::changed(tools, &version)?;
    if changelog::has(&text, &version) {
        none(&changelog::wrong(&text, &version, &changed))?;
    } else {
        none(&changelog::unready(&text, &changed))?;
        let date = tools.command("date -u +%F").quiet().read()?;
        let text = changelog::released(&text, &version, &date, env!("CARGO_PKG_REPOSITORY"));
        none(&changelog::wrong(&text, &version, &changed))?;
        fs::write(tools.path(changelog::FILE), text)?;
    }
    let written = write(tools, &version);
    if dry_run || written.is_err() {
        // Shown to a person, so it may be coloured as that person likes. Before it is taken back nothing of ours is
        // printed: where nobody reads, that is the end.
        let shown = tools.command("git --no-pager diff").quiet().run();
        take_back(tools)?;
        written?;
        println!("prepare: a dry run, nothing was changed");
        return Ok(shown?);
    }
    if check::clean(tools).is_err() {
        let commit = tools.command("git commit --quiet --all --message").arg(format!("Release {version}"));
        if let Err(error) = commit.quiet().run() {
            take_back(tools)?;
            return Err(format!(
                "{error}: git says above why; nothing is changed; when it is mended, run: cargo xtask release prepare {version}"
            )
            .into());
        }
    }
    let release = tools.command("git tag --annotate --message").args([&format!("Release {version}"), &tag]);
    release.run().map_err(|error| {
        format!(
            "{error}: git says above why; the commit is made; for its tag, run: cargo xtask release prepare {version}"
        )
    })?;
    println!("prepare: {tag} is tagged; next: cargo xtask release check {version}");
    Ok(())
}

/// Nothing was changed before: whatever is now, is ours.
fn take_back(tools: &Tools) -> Result {
    Ok(tools.command("git reset --quiet --hard").quiet().run()?)
}

/// It is above every version that has a tag, and not below the one that is set.
pub(super) fn is_next(tools: &Tools, version: &Version) -> Result {
    let set = versions::of_workspace(tools)?;
    let highest = check::version_before(tools, &Version::new(u64::MAX, 0, 0))?;
    if highest.as_ref().is_some_and(|highest| highest >= version) || set > *version {
        let highest = highest.map_or(set.clone(), |highest| highest.max(set));
        return Err(format!("{version} is not above {highest}: take a higher version").into());
    }
    Ok(())
}

fn write(tools: &Tools, version: &Version) -> Result {
    versions::set(tools, version)?;
    codegen::header(tools)?;
    // The workspace's own lock file, and those of the workspaces beside it that name our crates with their version.
    for manifest in versions::workspaces(tools)? {
        // Not `update`: only what the new version changes may change.
        check::metadata(tools, &manifest).run()?;
    }
    none(&versions::wrong(tools, version)?)
}

/// Fails with these problems, if there are any.
fn none(problems: &[String]) -> Result {
    if problems.is_empty() { Ok(()) } else { Err(problems.join("\n").into()) }
}
