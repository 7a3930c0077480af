//! Where the version stands. It is written in the workspace's manifest, and everything else follows.

use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
};

use semver::Version;
use serde_json::Value;
use toml_edit::{DocumentMut, Item};

use crate::{Result, ci::PUBLISHED, tools::Tools, workspace::Metadata};

pub(super) const MANIFEST: &str = "Cargo.toml";

/// Files that hold our version as JSON.
const JSON: [&str; 3] = ["*package.json", "*package-lock.json", "*openapi.json"];

/// What is read, but for the changelog, which is of the past too.
const TEXTS: [&str; 2] = ["*.md", ":!*CHANGELOG.md"];

const HEADER: &str = "#define FACEID_VERSION ";

/// What has our version, besides the crates that are published.
const OTHERS: [&str; 2] = ["faceid", "faceid-c"];

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
    let old = of_workspace(tools)?;
    for file in tracked(tools, &[&[MANIFEST], &JSON[..], &TEXTS].concat())? {
        let text = fs::read_to_string(tools.path(&file))?;
        fs::write(tools.path(&file), with_version(&file, &text, &old, version)?)?;
    }
    Ok(())
}

/// What a release of `new` makes of a file's text.
pub(crate) fn with_version(file: &str, text: &str, old: &Version, new: &Version) -> Result<String> {
    let extension = Path::new(file).extension().and_then(OsStr::to_str);
    match extension {
        _ if file == MANIFEST => with_workspace_version(text, new),
        Some("json") if JSON.iter().any(|name| file.ends_with(&name[1..])) => {
            Ok(with_json_version(text, new).map_err(|error| format!("{file}: {error}"))?)
        }
        Some("md") => Ok(with_named_versions(text, old, new)),
        Some("h") => Ok(text.replace(&format!("{HEADER}\"{old}\""), &format!("{HEADER}\"{new}\""))),
        _ => Ok(text.to_owned()),
    }
}

fn with_workspace_version(text: &str, version: &Version) -> Result<String> {
    let mut workspace: DocumentMut = text.parse()?;
    workspace["workspace"]["package"]["version"] = toml_edit::value(version.to_string());
    let dependencies = workspace["workspace"]["dependencies"].as_table_like_mut();
    for (_, dependency) in dependencies.ok_or("Cargo.toml has no workspace.dependencies")?.iter_mut() {
        if dependency.get("path").is_some() {
            dependency["version"] = toml_edit::value(version.to_string());
        }
    }
    Ok(workspace.to_string())
}

/// Every file that has another version, a line each.
pub(crate) fn wrong(tools: &Tools, version: &Version) -> Result<Vec<String>> {
    let stale = wrong_requirements(tools, version)?;
    let mut problems = first(&stale).into_iter().collect::<Vec<_>>();
    let compare = |place: &str, found: Option<&str>| difference(place, found, version);
    for package in Metadata::of_members(tools)?.packages {
        problems.extend(compare(&format!("the crate {}", package.name), Some(&package.version)));
        // Whether inherited or its own. One for tests has none.
        for dependency in package.json["dependencies"].as_array().into_iter().flatten() {
            let required = dependency["req"].as_str().unwrap_or_default();
            if !dependency["path"].is_null() && required != "*" {
                let name = dependency["name"].as_str().unwrap_or_default();
                let found = Some(required.trim_start_matches('^'));
                let inherited = compare(&of_dependency(name), found);
                if inherited.is_some_and(|inherited| !stale.contains(&inherited)) {
                    problems.extend(compare(&format!("{}: the required {name}", package.name), found));
                }
            }
        }
    }
    for file in tracked(tools, &["*pyproject.toml"])? {
        // Without one, maturin takes the crate's.
        let project = manifest(tools, &file)?;
        if let Some(found) = project.get("project").and_then(|project| project.get("version")) {
            problems.extend(compare(&file, found.as_str()));
        }
    }
    for file in tracked(tools, &JSON)? {
        let json: Value = serde_json::from_str(&fs::read_to_string(tools.path(&file))?)?;
        let wrong = own_versions(&json).filter_map(|found| compare(&file, found.as_str()));
        problems.extend(first(&wrong.collect::<Vec<_>>()));
    }
    let header = fs::read_to_string(tools.path("crates/faceid-capi/include/faceid.h")).unwrap_or_default();
    let found = header.lines().find_map(|line| line.strip_prefix(HEADER));
    let found = found.map(|text| text.trim_matches('"'));
    problems.extend(compare("crates/faceid-capi/include/faceid.h", found));
    // Filled in when it is installed.
    let template = fs::read_to_string(tools.path("crates/faceid-capi/faceid.pc.in")).unwrap_or_default();
    let found = template.lines().find_map(|line| line.strip_prefix("Version: "));
    let found = found.map(|text| text.replace("@VERSION@", &version.to_string()));
    problems.extend(compare("crates/faceid-capi/faceid.pc.in", found.as_deref()));
    for file in tracked(tools, &TEXTS)? {
        let text = fs::read_to_string(tools.path(&file))?;
        let wrong = named_versions(&text).filter(|(_, found)| !matches(found, version)).map(|(at, found)| {
            let line = text[..at].matches('\n').count() + 1;
            format!("{file}:{line} is {found}, not {version}")
        });
        problems.extend(first(&wrong.collect::<Vec<_>>()));
    }
    Ok(problems)
}

/// Those in the workspace's manifest. They are read without cargo, which stops at the first that it cannot resolve.
fn wrong_requirements(tools: &Tools, version: &Version) -> Result<Vec<String>> {
    let workspace = manifest(tools, MANIFEST)?;
    let own = workspace["workspace"]["package"]["version"].as_str();
    let own = difference("Cargo.toml: workspace.package.version", own, version);
    let dependencies = workspace["workspace"]["dependencies"].as_table_like();
    let dependencies = dependencies.ok_or("Cargo.toml has no workspace.dependencies")?.iter();
    let ours = dependencies.filter(|(_, dependency)| dependency.get("path").is_some());
    let required = ours.filter_map(|(name, dependency)| {
        let found = dependency.get("version").and_then(Item::as_str);
        difference(&of_dependency(name), found, version)
    });
    Ok(own.into_iter().chain(required).collect())
}

fn of_dependency(name: &str) -> String {
    format!("Cargo.toml: workspace.dependencies.{name}")
}

/// Of one file's problems the first, and how many more there are.
fn first(problems: &[String]) -> Option<String> {
    match problems {
        [] => None,
        [only] => Some(only.clone()),
        [first, more @ ..] => Some(format!("{first}, and {} more there", more.len())),
    }
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
    let locks = tracked(tools, &["*Cargo.lock"])?.into_iter();
    Ok(locks.map(|lock| tools.path(lock).with_extension("toml")))
}

/// The tracked files of these names, as git takes patterns.
fn tracked(tools: &Tools, patterns: &[&str]) -> Result<Vec<String>> {
    let listed = tools.command("git ls-files -z").args(patterns).quiet().read()?;
    Ok(listed.split('\0').filter(|file| !file.is_empty()).map(str::to_owned).collect())
}

pub(super) fn manifest(tools: &Tools, file: &str) -> Result<DocumentMut> {
    let text = fs::read_to_string(tools.path(file)).map_err(|error| format!("{file}: {error}"))?;
    Ok(text.parse().map_err(|error| format!("{file}: {error}"))?)
}

/// The text with the package's `version` changed and nothing else: the order of keys is the author's.
fn with_json_version(text: &str, version: &Version) -> Result<String> {
    let package: Value = serde_json::from_str(text)?;
    let version = version.to_string();
    let mut changed = text.to_owned();
    // One after the other, as the first is no longer found: those of others come after ours.
    for old in own_versions(&package).filter_map(Value::as_str).filter(|old| *old != version) {
        changed =
            changed.replacen(&format!("\"version\": \"{old}\""), &format!("\"version\": \"{version}\""), 1);
    }
    if own_versions(&serde_json::from_str(&changed)?).any(|found| *found != version) {
        return Err("its version is missing, or in a form that is not found".into());
    }
    Ok(changed)
}

/// In package.json, the package's; in its lock file, which has it twice, both; in a description of an API, that.
fn own_versions(json: &Value) -> impl Iterator<Item = &Value> {
    let first = if json["openapi"].is_null() { &json["version"] } else { &json["info"]["version"] };
    [first].into_iter().chain(json["packages"].get("").map(|package| &package["version"]))
}

/// Versions of ours in a text, and where each begins.
fn named_versions(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_of_number = |char: char| char.is_ascii_digit() || char == '.';
    let begins = text
        .char_indices()
        .filter(move |&(at, char)| char.is_ascii_digit() && !text[..at].ends_with(is_of_number));
    begins.filter_map(move |(at, _)| {
        let (before, rest) = text.split_at(at);
        let end = rest.find(|char| !is_of_number(char)).unwrap_or(rest.len());
        let found = rest[..end].trim_end_matches('.');
        let is_version = match found.split('.').count() {
            1 => before.ends_with(['"', '\'', '@', '=', '^', '~', '>']) && is_named(before),
            2 => is_named(before),
            3 => is_named(before) || words(before).next_back() == Some("v"),
            _ => false,
        };
        is_version.then_some((at, found))
    })
}

/// Whether a name of ours is the last word of a text; or that is "version", and its line or TOML table has such a name.
fn is_named(before: &str) -> bool {
    // As npm and Python write what crates.io has with a dash.
    let before = before.replace("@faceid/", "faceid-").replace('_', "-");
    let is_name = |word: &str| PUBLISHED.iter().chain(&OTHERS).any(|name| *name == word);
    let (above, line) = before.rsplit_once('\n').unwrap_or(("", &before));
    match words(line).next_back() {
        Some("version") => {
            let table = above.lines().rfind(|line| line.starts_with('[')).unwrap_or_default();
            words(table).chain(words(line)).any(is_name)
        }
        last => last.is_some_and(is_name),
    }
}

fn words(text: &str) -> impl DoubleEndedIterator<Item = &str> {
    let words = text.split(|char: char| !char.is_alphanumeric() && char != '-');
    words.map(|word| word.trim_matches('-')).filter(|word| !word.is_empty())
}

/// The text with what is the old version, or the beginning of it, as the new one.
fn with_named_versions(text: &str, old: &Version, new: &Version) -> String {
    let new = new.to_string();
    let mut changed = text.to_owned();
    // From the end, so that the places before stay where they are.
    for (at, found) in
        named_versions(text).filter(|(_, found)| matches(found, old)).collect::<Vec<_>>().iter().rev()
    {
        let part = new.split_inclusive('.').take(found.split('.').count()).collect::<String>();
        changed.replace_range(*at..at + found.len(), part.trim_end_matches('.'));
    }
    changed
}

/// Whether `found` is the version or the beginning of it, as a requirement may be.
fn matches(found: &str, version: &Version) -> bool {
    let version = version.to_string();
    version == found || version.starts_with(&format!("{found}."))
}

#[cfg(test)]
mod tests {
    use super::{matches, named_versions, parse, with_json_version, with_named_versions};

    #[test]
    fn versions_in_texts() {
        let cases = [
            ("faceid-sign = \"0.1\"", Some("0.1")),
            ("faceid-sign=\"0.0.9\"", Some("0.0.9")),
            ("faceid-sign = { version = \"^0.1\", default-features = false }", Some("0.1")),
            ("[dependencies.faceid-sign]\nversion = \"0.0.9\"", Some("0.0.9")),
            ("cargo install faceid-cli --version 0.0.9", Some("0.0.9")),
            ("cargo install faceid-cli@1.0.0", Some("1.0.0")),
            ("pip install faceid-sign==1.0.0.", Some("1.0.0")),
            ("pip install \"faceid_sign>=0.0.9\"", Some("0.0.9")),
            ("npm install @faceid/sign@0.0.9", Some("0.0.9")),
            ("\"@faceid/sign\": \"^0.0.9\"", Some("0.0.9")),
            ("faceid-sign = { features = [\"std\"], version = \"0.1\" }", Some("0.1")),
            ("[dependencies.faceid-sign]\nfeatures = []\nversion = \"7\"", Some("7")),
            ("faceid-sign = \"7\"", Some("7")),
            ("the crate `faceid-sign` 9.9", Some("9.9")),
            ("tracing = \"0.1\"", None),
            ("[dependencies.faceid-sign]\n[dependencies.tracing]\nversion = \"0.1\"", None),
            ("faceid-sign = \"0.1\"\ntracing = \"0.1\"", Some("0.1")),
            ("serde_json = \"1.0\"", None),
            ("faceid-cli needs Rust 1.85.1", None),
            ("OpenSSL 3.0.13", None),
            ("faceid-sign for Node.js 20.11.1", None),
            ("requires-python = \">=3.10\"", None),
            ("faceid-sign: rust-version = \"1.85\"", None),
            ("TLS v1.2", None),
            ("git clone --branch v0.0.9", Some("0.0.9")),
            ("faceid-c-0.0.9-x86_64-unknown-linux-gnu.tar.gz", Some("0.0.9")),
            ("cargo add faceid-blocking", None),
            ("faceid-sign 1 of 2", None),
            ("faceid-sign needs Rust 1.85.", None),
            ("Linux 6.18.44, rustc 1.95.0.", None),
            ("http://127.0.0.1:8080", None),
        ];
        for (text, expected) in cases {
            assert_eq!(named_versions(text).next().map(|(_, found)| found), expected, "{text}");
        }
    }

    #[test]
    fn versions_set_in_texts() {
        let [old, new] = ["0.1.0", "10.2.3"].map(|version| parse(version).unwrap());
        let text = "faceid = \"0.1\", faceid-cli@0.1.0, v0.1.0, faceid 0.0.9, tracing = \"0.1\", rustc 0.1.0";
        let expected =
            "faceid = \"10.2\", faceid-cli@10.2.3, v10.2.3, faceid 0.0.9, tracing = \"0.1\", rustc 0.1.0";
        assert_eq!(with_named_versions(text, &old, &new), expected);
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
            ("{\"name\": \"x\"}", None),
            (
                r#"{"openapi": "3.1.1", "info": {"version": "1.0.0"}}"#,
                Some(r#"{"openapi": "3.1.1", "info": {"version": "2.0.0"}}"#),
            ),
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
