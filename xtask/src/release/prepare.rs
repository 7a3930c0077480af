//! `cargo xtask release prepare X.Y.Z`: the commit and the tag of a version. Nothing leaves this machine.

use std::{fs, path::Path};

use semver::Version;

use super::{changelog, check, versions};
use crate::{Result, codegen, tools::Tools, workspace::Metadata};

/// Sets the version everywhere, dates the changelog, commits and tags. What is done already is left as it is.
/// With `dry_run` it shows the difference alone.
pub(crate) fn run(version: &str, dry_run: bool) -> Result {
    in_tree(&Tools::new()?, version, dry_run)
}

/// The same in the tree that `tools` work in.
pub(crate) fn in_tree(tools: &Tools, version: &str, dry_run: bool) -> Result {
    let version = versions::parse(version)?;
    check::clean(tools)?;
    let tag = format!("v{version}");
    // Whatever is checked out: a release is gone on with from its tag.
    if check::is_tagged(tools, &version)? {
        println!(
            "prepare: HEAD is tagged {tag}, nothing is left to do; next: cargo xtask release check {version}"
        );
        return Ok(());
    }
    if !dry_run {
        check::on_main(tools)?;
    }
    check::not_elsewhere(tools, &version)?;
    is_next(tools, &version)?;
    // Cargo, which is asked next, does not say which version is stale.
    let set = versions::of_workspace(tools)?;
    none(&versions::wrong(tools, &set)?).map_err(|stale| {
        format!(
            "{stale}\nSet these to {set}; or, where that was set by hand, take it back: all are set here. Then run: cargo \
             xtask release prepare {version}"
        )
    })?;
    none(&check::manifests_wrong(tools)?)?;
    none(&check::rust_wrong(tools, &version)?)?;
    check::fetched(tools, versions::workspaces(tools)?)?;

    // Beside the tree, which changes by one step of git's own, or not at all.
    let folder = Metadata::of_members(tools)?.target_directory.join("xtask/prepare");
    take_away(tools, &folder);
    tools.command("git worktree add --quiet --force --detach").arg(&folder).arg("HEAD").quiet().run()?;
    let made = made(&tools.moved(&folder), tools, &version, dry_run);
    take_away(tools, &folder);
    made?;
    if dry_run {
        println!("prepare: a dry run, nothing was changed");
        return Ok(());
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

/// Removes the tree beside this one, or what is left of it from a run that was killed.
fn take_away(tools: &Tools, folder: &Path) {
    let remove = tools.command("git worktree remove --force").arg(folder);
    let _ = remove.quiet().ignore_stderr().run();
    let _ = fs::remove_dir_all(folder);
}

/// The version in the tree that `beside` work in. What it changes is shown, or comes into the tree of `tools`.
fn made(beside: &Tools, tools: &Tools, version: &Version, dry_run: bool) -> Result {
    let text = changelog::read(beside)?;
    let changed = check::changed(beside, version)?;
    if changelog::has(&text, version) {
        none(&changelog::wrong(&text, version, &changed))?;
    } else {
        none(&changelog::unready(&text, &changed))?;
        let date = beside.command("date -u +%F").quiet().read()?;
        let text = changelog::released(&text, version, &date, env!("CARGO_PKG_REPOSITORY"));
        none(&changelog::wrong(&text, version, &changed))?;
        fs::write(beside.path(changelog::FILE), text)?;
    }
    write(beside, version)?;
    if dry_run {
        // Shown to a person, so it may be coloured as that person likes.
        return Ok(beside.command("git --no-pager diff").quiet().run()?);
    }
    if check::clean(beside).is_ok() {
        return Ok(());
    }
    let commit = beside.command("git commit --quiet --all --message").arg(format!("Release {version}"));
    let committed = commit.quiet().run().and_then(|()| {
        let release = beside.command("git rev-parse HEAD").quiet().read()?;
        tools.command("git merge --quiet --ff-only").arg(release).quiet().run()
    });
    committed.map_err(|error| {
        format!(
            "{error}: git says above why; nothing is changed; when it is mended, run: cargo xtask release prepare {version}"
        )
        .into()
    })
}

/// It is above every version that has a tag, not below the one that is set, and that one is not left half done.
pub(super) fn is_next(tools: &Tools, version: &Version) -> Result {
    let set = versions::of_workspace(tools)?;
    let highest = check::version_before(tools, &Version::new(u64::MAX, 0, 0))?;
    if highest.as_ref().is_some_and(|highest| highest >= version) || set > *version {
        let highest = highest.map_or(set.clone(), |highest| highest.max(set));
        return Err(format!("{version} is not above {highest}: take a higher version").into());
    }
    // Later it would count as one that went out.
    if set < *version
        && highest.is_none_or(|highest| highest < set)
        && changelog::has(&changelog::read(tools)?, &set)
    {
        return Err(
            format!("{set} is prepared and has no tag: prepare {set}, or take its section back").into()
        );
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
