//! `cargo xtask semver`: what a user's code may count on. The public API against the last release, features that only
//! add, and the crates of others that the API names.

mod additive;
mod foreign;

use std::{collections::BTreeSet, fs, path::PathBuf};

use ::semver::Version;
use serde_json::Value;
use xshell::Cmd;

use crate::{
    Result, release,
    tools::{Tools, pinned},
    workspace::{Metadata, Package},
};

/// Runs all three.
pub(crate) fn run() -> Result {
    let tools = Tools::new()?.with("CARGO_NET_OFFLINE", "true");
    release::fetched(&tools, [tools.path("Cargo.toml")])?;
    let problems = wrong(&tools, None)?;
    if problems.is_empty() { Ok(()) } else { Err(problems.join("\n  ").into()) }
}

/// What is wrong. With a version, that the step to it is large enough; without, nothing may break.
pub(crate) fn wrong(tools: &Tools, version: Option<&Version>) -> Result<Vec<String>> {
    let mut problems = against_last_tag(tools, version)?;
    problems.extend(additive::wrong(tools)?);
    problems.extend(foreign::wrong(tools)?);
    Ok(problems)
}

pub(crate) use additive::of_package as is_additive;

/// Each published library against itself at the last tag.
fn against_last_tag(tools: &Tools, version: Option<&Version>) -> Result<Vec<String>> {
    let metadata = Metadata::of_members(tools)?;
    let names = libraries(&metadata).map(|package| package.name.as_str()).collect::<Vec<_>>();
    compared(tools, version, &names)
}

/// The same of one.
pub(crate) fn package_against_last_tag(tools: &Tools, version: &Version, name: &str) -> Result<Vec<String>> {
    compared(tools, Some(version), &[name])
}

fn compared(tools: &Tools, version: Option<&Version>, names: &[&str]) -> Result<Vec<String>> {
    let own = release::version(tools)?;
    let Some(before) = release::version_before(tools, version.unwrap_or(&Version::new(u64::MAX, 0, 0)))?
    else {
        if tools.command("git rev-parse --is-shallow-repository").quiet().read()? == "true" {
            return Err(
                "this clone is shallow and has no version to compare with: git fetch --tags --unshallow"
                    .into(),
            );
        }
        println!("semver: no version went out yet, so nothing is compared");
        return Ok(Vec::new());
    };
    let tag = format!("v{before}");
    let metadata = Metadata::of_members(tools)?;
    let baseline = checked_out(tools, &metadata, &tag)?;
    let old = Metadata::of_members(&tools.moved(&baseline))?;
    let mut problems = Vec::new();
    for name in names {
        let Ok(old) = old.package(name) else {
            println!("semver: {name} is new since {tag}: skipped");
            continue;
        };
        for selection in selections([old, metadata.package(name)?].map(|package| &package.json["features"])) {
            println!("semver: {name} against {tag}, {selection}");
            let mut checks = checks(tools, &metadata, name, &baseline)?.arg(selection);
            if own == before {
                // The version is not set yet: whatever comes next, it need not break anything.
                checks = checks.args(["--release-type", "minor"]);
            }
            if checks.run().is_err() {
                problems.push(format!(
                    "{name}: not what the step from {before} to {} allows, with {selection}, see above",
                    version.unwrap_or(&own)
                ));
            }
        }
    }
    Ok(problems)
}

/// The flags to compare with, given a crate's features before and now: an item may go from the default ones alone. Of two
/// flags that select the same, before and now, one is enough.
fn selections(features: [&Value; 2]) -> Vec<&'static str> {
    let mut seen = Vec::new();
    let mut flags = vec!["--all-features", "--default-features", "--only-explicit-features"];
    flags.retain(|flag| {
        let selected = features.map(|features| selected(features, flag));
        let is_new = !seen.contains(&selected);
        seen.push(selected);
        is_new
    });
    flags
}

/// What a flag selects: features, and what these bring of dependencies; but for `default`, which is a name alone.
fn selected<'a>(features: &'a Value, flag: &str) -> BTreeSet<&'a str> {
    let all = features.as_object().into_iter().flatten().map(|(name, _)| name.as_str());
    let mut left = match flag {
        "--all-features" => all.collect(),
        "--default-features" => vec!["default"],
        _ => Vec::new(),
    };
    let mut selected = BTreeSet::new();
    while let Some(name) = left.pop() {
        if selected.insert(name) {
            left.extend(features[name].as_array().into_iter().flatten().filter_map(Value::as_str));
        }
    }
    selected.remove("default");
    selected
}

/// What a Rust program can call. The C library's own users are served by its header, which is in git.
fn libraries(metadata: &Metadata) -> impl Iterator<Item = &Package> {
    metadata.packages.iter().filter(|package| package.published && package.library().is_some())
}

/// The tool, for one package and another tree of the workspace to compare it with.
fn checks<'a>(
    tools: &'a Tools,
    metadata: &Metadata,
    name: &str,
    baseline: &std::path::Path,
) -> Result<Cmd<'a>> {
    let program = pinned::cargo_tool(&pinned::SEMVER_CHECKS)?;
    let command =
        tools.command("env").arg(program).args(["semver-checks", "--package", name, "--baseline-root"]);
    let target = metadata.target_directory.join("semver");
    Ok(command.arg(baseline).env("CARGO_TARGET_DIR", target).env("CARGO_TERM_QUIET", "true").quiet())
}

/// The tree of a tag, without its history.
fn checked_out(tools: &Tools, metadata: &Metadata, tag: &str) -> Result<PathBuf> {
    let folder = metadata.target_directory.join("semver").join(tag);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder)?;
    let archive = folder.join("tree.tar");
    tools.command("git archive --output").arg(&archive).arg(tag).run()?;
    tar::Archive::new(fs::File::open(&archive)?).unpack(&folder)?;
    Ok(folder)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::selections;

    #[test]
    fn each_selection_of_features_once() {
        let (all, default, none) = ("--all-features", "--default-features", "--only-explicit-features");
        let std = json!({"default": ["std"], "std": ["dep:rand"]});
        let cases = [
            (json!({}), json!({}), vec![all]),
            (json!({"default": []}), json!({}), vec![all]),
            (json!({"a": []}), json!({"a": []}), vec![all, default]),
            (std.clone(), std.clone(), vec![all, none]),
            (json!({"default": ["dep:rand"]}), json!({"default": ["dep:rand"]}), vec![all, none]),
            // Selects the same as another, and did not, or the other way round.
            (
                json!({"default": ["a"], "a": ["b"], "b": []}),
                json!({"default": [], "a": [], "b": []}),
                vec![all, default, none],
            ),
            (std, json!({"default": ["std"], "std": [], "len": []}), vec![all, default, none]),
            (json!({}), json!({"len": []}), vec![all, default]),
        ];
        for (before, now, expected) in cases {
            assert_eq!(selections([&before, &now]), expected, "{before} {now}");
        }
    }
}
