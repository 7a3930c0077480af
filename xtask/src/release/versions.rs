//! Where the version stands. It is written in the workspace's manifest, and everything else follows.

use std::{fs, path::PathBuf};

use semver::Version;
use serde_json::Value;
use toml_edit::{DocumentMut, Item};

use crate::{Result, tools::Tools, workspace::Metadata};

const MANIFEST: &str = "Cargo.toml";

/// The workspace's.
pub(crate) fn of_workspace(tools: &Tools) -> Result<Version> {
    let manifest = manifest(tools, MANIFEST)?;
    let version = manifest["workspace"]["package"]["version"].as_str();
    Ok(version.ok_or("Cargo.toml has no workspace.package.version")?.parse()?)
}

/// The version that a person typed.
pub(crate) fn parse(text: &str) -> Result<Version> {
    let version: Version =
        text.parse().map_err(|error| format!("{text} is no version, such as 1.2.3: {error}"))?;
    if version != Version::new(version.major, version.minor, version.patch) {
        return Err(format!(
            "{text}: a version is X.Y.Z here: what follows a - or a + is written otherwise by each registry, or not at all"
        )
        .into());
    }
    Ok(version)
}

/// Writes the version into the workspace's manifest, and into what is not inherited from it.
pub(crate) fn set(tools: &Tools, version: &Version) -> Result {
    let mut workspace = manifest(tools, MANIFEST)?;
    workspace["workspace"]["package"]["version"] = toml_edit::value(version.to_string());
    let dependencies = workspace["workspace"]["dependencies"].as_table_like_mut();
    for (_, dependency) in dependencies.ok_or("Cargo.toml has no workspace.dependencies")?.iter_mut() {
        if dependency.get("path").is_some() {
            dependency["version"] = toml_edit::value(version.to_string());
        }
    }
    fs::write(tools.path(MANIFEST), workspace.to_string())?;
    for file in tracked(tools, "*package.json")?.into_iter().chain(tracked(tools, "*package-lock.json")?) {
        let text = fs::read_to_string(tools.path(&file))?;
        fs::write(tools.path(&file), with_json_version(&text, version)?)?;
    }
    Ok(())
}

/// Every place whose version is another.
pub(crate) fn wrong(tools: &Tools, version: &Version) -> Result<Vec<String>> {
    let mut problems = wrong_requirements(tools, version)?;
    let mut compare =
        |place: String, found: Option<&str>| problems.extend(difference(&place, found, version));
    for package in Metadata::of_members(tools)?.packages {
        compare(format!("the crate {}", package.name), Some(&package.version));
        // Whether inherited or its own. One for tests has none.
        for dependency in package.json["dependencies"].as_array().into_iter().flatten() {
            let required = dependency["req"].as_str().unwrap_or_default();
            if !dependency["path"].is_null() && required != "*" {
                let name = dependency["name"].as_str().unwrap_or_default();
                compare(
                    format!("{}: the required {name}", package.name),
                    Some(required.trim_start_matches('^')),
                );
            }
        }
    }
    for file in tracked(tools, "*pyproject.toml")? {
        // Without one, maturin takes the crate's.
        let project = manifest(tools, &file)?;
        if let Some(found) = project.get("project").and_then(|project| project.get("version")) {
            compare(file, found.as_str());
        }
    }
    for file in tracked(tools, "*package.json")? {
        let package: Value = serde_json::from_str(&fs::read_to_string(tools.path(&file))?)?;
        if package["private"] != true {
            compare(file, package["version"].as_str());
        }
    }
    for file in tracked(tools, "*package-lock.json")? {
        let lock: Value = serde_json::from_str(&fs::read_to_string(tools.path(&file))?)?;
        for version in own_versions(&lock) {
            compare(file.clone(), Some(version));
        }
    }
    for file in tracked(tools, "*.md")?.iter().filter(|file| !file.ends_with("CHANGELOG.md")) {
        let text = fs::read_to_string(tools.path(file))?;
        for (line, found) in named_versions(&text).filter(|(_, found)| !matches(found, version)) {
            compare(format!("{file}:{line}"), Some(found));
        }
    }
    let header = fs::read_to_string(tools.path("crates/faceid-capi/include/faceid.h")).unwrap_or_default();
    let found = header.lines().find_map(|line| line.strip_prefix("#define FACEID_VERSION "));
    compare("crates/faceid-capi/include/faceid.h".to_owned(), found.map(|text| text.trim_matches('"')));
    // Filled in when it is installed.
    let template = fs::read_to_string(tools.path("crates/faceid-capi/faceid.pc.in")).unwrap_or_default();
    let found = template.lines().find_map(|line| line.strip_prefix("Version: "));
    let found = found.map(|text| text.replace("@VERSION@", &version.to_string()));
    compare("crates/faceid-capi/faceid.pc.in".to_owned(), found.as_deref());
    Ok(problems)
}

/// Those in the workspace's manifest. They are read without cargo, which stops at the first that it cannot resolve.
pub(crate) fn wrong_requirements(tools: &Tools, version: &Version) -> Result<Vec<String>> {
    let workspace = manifest(tools, MANIFEST)?;
    let own = workspace["workspace"]["package"]["version"].as_str();
    let own = difference("Cargo.toml: workspace.package.version", own, version);
    let dependencies = workspace["workspace"]["dependencies"].as_table_like();
    let dependencies = dependencies.ok_or("Cargo.toml has no workspace.dependencies")?.iter();
    let ours = dependencies.filter(|(_, dependency)| dependency.get("path").is_some());
    let required = ours.filter_map(|(name, dependency)| {
        let found = dependency.get("version").and_then(Item::as_str);
        difference(&format!("Cargo.toml: workspace.dependencies.{name}"), found, version)
    });
    Ok(own.into_iter().chain(required).collect())
}

fn difference(place: &str, found: Option<&str>, version: &Version) -> Option<String> {
    match found {
        Some(found) if found == version.to_string() => None,
        Some(found) => Some(format!("{place} is {found}, not {version}")),
        None => Some(format!("{place} has no version")),
    }
}

/// The manifests of the workspaces here: each has a lock file beside it.
pub(crate) fn workspaces(tools: &Tools) -> Result<impl Iterator<Item = PathBuf>> {
    let locks = tracked(tools, "*Cargo.lock")?.into_iter();
    Ok(locks.map(|lock| tools.path(lock).with_extension("toml")))
}

/// The tracked files of that name, as git takes patterns.
fn tracked(tools: &Tools, pattern: &str) -> Result<Vec<String>> {
    let listed = tools.command("git ls-files -z").arg(pattern).quiet().read()?;
    Ok(listed.split('\0').filter(|file| !file.is_empty()).map(str::to_owned).collect())
}

fn manifest(tools: &Tools, file: &str) -> Result<DocumentMut> {
    let text = fs::read_to_string(tools.path(file)).map_err(|error| format!("{file}: {error}"))?;
    Ok(text.parse().map_err(|error| format!("{file}: {error}"))?)
}

/// The text with the package's `version` changed and nothing else: the order of keys is the author's.
fn with_json_version(text: &str, version: &Version) -> Result<String> {
    let package: Value = serde_json::from_str(text)?;
    let version = version.to_string();
    let mut changed = text.to_owned();
    // One after the other, as the first is no longer found: those of others come after ours.
    for old in own_versions(&package).filter(|old| *old != version) {
        changed =
            changed.replacen(&format!("\"version\": \"{old}\""), &format!("\"version\": \"{version}\""), 1);
    }
    if own_versions(&serde_json::from_str(&changed)?).any(|found| found != version) {
        return Err("a package.json or its lock file has its version in a form that is not found".into());
    }
    Ok(changed)
}

/// The package's, in package.json; in a lock file, which has it twice, both.
fn own_versions(json: &Value) -> impl Iterator<Item = &str> {
    [&json["version"], &json["packages"][""]["version"]].into_iter().filter_map(Value::as_str)
}

/// Versions that a text tells its reader to take of a crate or package of ours, with the number of the line.
fn named_versions(text: &str) -> impl Iterator<Item = (usize, &str)> {
    (1..).zip(text.lines()).flat_map(|(number, line)| {
        let after = line.match_indices("faceid").map(|(at, _)| &line[at..]);
        let version = |from: &'static [&'static str]| {
            move |rest: &str| from.iter().any(|start| rest.starts_with(start))
        };
        after.filter_map(move |rest| {
            let rest = rest.trim_start_matches(|char: char| char.is_ascii_alphanumeric() || char == '-');
            let rest = rest
                .strip_prefix(" = {")
                .map_or(rest, |table| table.split_once("version").map_or("", |(_, after)| after));
            version(&[" = \"", "@", "=="])(rest).then_some(())?;
            let found = rest.trim_start_matches([' ', '=', '"', '@']);
            let end = found.find(|char: char| !char.is_ascii_digit() && char != '.').unwrap_or(found.len());
            let found = found[..end].trim_end_matches('.');
            (!found.is_empty()).then_some((number, found))
        })
    })
}

/// Whether `found` is the version or the beginning of it, as a requirement may be.
fn matches(found: &str, version: &Version) -> bool {
    let version = version.to_string();
    version == found || version.starts_with(&format!("{found}."))
}

#[cfg(test)]
mod tests {
    use super::{matches, named_versions, parse, with_json_version};

    #[test]
    fn versions_in_texts() {
        let cases = [
            ("faceid-sign = \"0.1\"", Some("0.1")),
            ("faceid-sign = { version = \"0.1.2\", default-features = false }", Some("0.1.2")),
            ("cargo install faceid-cli@1.0.0", Some("1.0.0")),
            ("pip install faceid-sign==1.0.0.", Some("1.0.0")),
            ("cargo add faceid-blocking", None),
            ("faceid-sign 1 of 2", None),
            ("other = \"1.0\"", None),
        ];
        for (line, expected) in cases {
            assert_eq!(named_versions(line).next().map(|(_, found)| found), expected, "{line}");
        }
    }

    #[test]
    fn requirements() {
        let version = parse("0.1.2").unwrap();
        for (found, expected) in
            [("0.1", true), ("0.1.2", true), ("0.1.1", false), ("0", true), ("0.10", false)]
        {
            assert_eq!(matches(found, &version), expected, "{found}");
        }
    }

    #[test]
    fn typed() {
        for (text, valid) in [
            ("1.2.3", true),
            ("1.2.3-rc.1", false),
            ("1.2.3+1", false),
            ("1.2", false),
            ("v1.2.3", false),
            ("", false),
        ] {
            assert_eq!(parse(text).is_ok(), valid, "{text}");
        }
    }

    #[test]
    fn json() {
        let version = parse("2.0.0").unwrap();
        let cases = [
            ("{\"name\": \"x\", \"version\": \"1.0.0\"}", Some("{\"name\": \"x\", \"version\": \"2.0.0\"}")),
            ("{\"name\": \"x\"}", Some("{\"name\": \"x\"}")),
            ("{\"version\":\"1.0.0\"}", None),
            (
                r#"{"version": "1.0.0", "packages": {"": {"version": "0.9.0"}, "other": {"version": "0.9.0"}}}"#,
                Some(
                    r#"{"version": "2.0.0", "packages": {"": {"version": "2.0.0"}, "other": {"version": "0.9.0"}}}"#,
                ),
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(with_json_version(text, &version).ok().as_deref(), expected, "{text}");
        }
    }
}
