//! Of the work of others that is in what we ship: the bill of materials, and the licences.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    path::Path,
};

use serde_json::{Value, json};

use crate::{Result, release, tools::Tools, workspace::Package};

/// A package with what is known of its archive.
struct Part<'a> {
    package: &'a Package,
    /// Of its `.crate`, if it comes from a registry.
    checksum: Option<String>,
}

/// What is built into anything that we ship: below our crates, but for what only tests use.
struct Parts {
    metadata: crate::workspace::Metadata,
    /// The ids of what each is built with, by its own.
    edges: BTreeMap<String, Vec<String>>,
    checksums: BTreeMap<(String, String), String>,
}

impl Parts {
    /// In `only`, a crate of ours, or in all that we ship.
    fn of(tools: &Tools, only: Option<&str>) -> Result<Self> {
        let metadata = crate::workspace::Metadata::of_locked_graph(tools)?;
        let mut all = BTreeMap::<&str, Vec<&str>>::new();
        for node in metadata.nodes.as_array().ok_or("cargo metadata's answer lacks `resolve`")? {
            let dependencies = node["deps"].as_array().into_iter().flatten();
            let built = dependencies.filter(|dependency| {
                let kinds = dependency["dep_kinds"].as_array();
                kinds.is_some_and(|kinds| kinds.iter().any(|kind| kind["kind"] != "dev"))
            });
            let ids = built.filter_map(|dependency| dependency["pkg"].as_str()).collect();
            all.insert(node["id"].as_str().unwrap_or_default(), ids);
        }
        let shipped =
            metadata.packages.iter().filter(|package| release::is_shipped(package) && !package.foreign);
        let shipped = shipped.filter(|package| only.is_none_or(|only| only == package.name));
        let mut left = shipped.filter_map(|package| package.json["id"].as_str()).collect::<Vec<_>>();
        if left.is_empty() {
            return Err(format!("we ship no crate {}", only.unwrap_or_default()).into());
        }
        let mut edges = BTreeMap::new();
        while let Some(id) = left.pop() {
            if !edges.contains_key(id) {
                let below = all.get(id).map_or(&[][..], Vec::as_slice);
                edges.insert(id.to_owned(), below.iter().map(ToString::to_string).collect());
                left.extend(below);
            }
        }
        let checksums = release::locked_checksums(&fs::read_to_string(tools.path("Cargo.lock"))?)?;
        Ok(Self { metadata, edges, checksums })
    }

    fn iter(&self) -> impl Iterator<Item = Part<'_>> {
        let packages = self.metadata.packages.iter();
        let built = packages
            .filter(|package| package.json["id"].as_str().is_some_and(|id| self.edges.contains_key(id)));
        built.map(|package| {
            let key = (package.name.clone(), package.version.clone());
            Part { package, checksum: self.checksums.get(&key).cloned() }
        })
    }
}

/// The bill of materials, in `CycloneDX` 1.5.
pub(super) fn bill(tools: &Tools) -> Result<String> {
    let parts = Parts::of(tools, None)?;
    let names =
        parts.iter().map(|part| (part.package.json["id"].as_str().unwrap_or_default(), purl(part.package)));
    let names = names.collect::<BTreeMap<_, _>>();
    let components = parts.iter().map(|Part { package, checksum }| {
        let hashes = checksum.map(|content| json!([{ "alg": "SHA-256", "content": content }]));
        // As cargo once wrote it; SPDX has no such sign.
        let licence = package.json["license"].as_str().unwrap_or_default().replace('/', " OR ");
        json!({
            "type": "library", "name": package.name, "version": package.version,
            "bom-ref": purl(package), "purl": purl(package),
            "licenses": [{ "expression": licence }], "hashes": hashes.unwrap_or_else(|| json!([])),
        })
    });
    let ours = parts.iter().filter(|part| !part.package.foreign).map(|part| purl(part.package));
    let mut dependencies = vec![json!({ "ref": ROOT, "dependsOn": ours.collect::<Vec<_>>() })];
    dependencies.extend(parts.edges.iter().map(|(id, below)| {
        let below = below.iter().filter_map(|id| names.get(id.as_str())).collect::<BTreeSet<_>>();
        json!({ "ref": names.get(id.as_str()), "dependsOn": below })
    }));
    let bill = json!({
        "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
        "metadata": { "component": {
            "type": "application", "name": "faceid", "version": release::version(tools)?.to_string(),
            "bom-ref": ROOT,
            "properties": [{ "name": "faceid:rustc", "value": tools.command("rustc -V").quiet().read()? }],
        } },
        "components": components.collect::<Vec<Value>>(), "dependencies": dependencies,
    });
    Ok(serde_json::to_string_pretty(&bill)? + "\n")
}

/// All of ours, in the bill of materials.
const ROOT: &str = "faceid";

fn purl(Package { name, version, .. }: &Package) -> String {
    format!("pkg:cargo/{name}@{version}")
}

/// The file's name, in all that has it.
pub(crate) const LICENCES: &str = "THIRD-PARTY-LICENCES.txt";

/// Crates without the text of a licence. The manifest of each offers MIT, which is taken: it stands below with the
/// authors that the manifest names.
const WITHOUT_TEXT: [&str; 12] = [
    "asn1-rs-impl",
    "jni",
    "jni-macros",
    "jni-sys-macros",
    "napi",
    "napi-build",
    "napi-derive",
    "napi-derive-backend",
    "napi-sys",
    "r-efi",
    "rustls-platform-verifier-android",
    "yasna",
];

/// Who has what licence, and the text of each once: of what is in `only`, a crate of ours, or in all that we ship.
///
/// # Errors
///
/// Where a crate has no text and is not listed for it, or is listed and has one.
pub(crate) fn licences(tools: &Tools, only: Option<&str>) -> Result<String> {
    let parts = Parts::of(tools, only)?;
    let mut list = String::from("Crates of others, and the licences that they are under\n\n");
    let mut texts = BTreeMap::<String, Vec<String>>::new();
    for Part { package, .. } in parts.iter().filter(|part| part.package.foreign) {
        let Package { name, version, json, folder, .. } = package;
        let licence = json["license"].as_str().unwrap_or("see its licence file");
        writeln!(list, "{name} {version}: {licence}")?;
        let mut found = Vec::new();
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let file = entry.file_name().to_string_lossy().to_ascii_uppercase();
            let is_text = ["LICENSE", "LICENCE", "COPYING", "NOTICE", "UNLICENSE"]
                .iter()
                .any(|name| file.starts_with(name));
            if is_text && entry.file_type()?.is_file() {
                let text = String::from_utf8_lossy(&fs::read(entry.path())?).replace("\r\n", "\n");
                found.push(text.trim().to_owned());
            }
        }
        if let Some(text) = stand_in(package, !found.is_empty(), &WITHOUT_TEXT)? {
            found.push(text);
        }
        for text in found {
            texts.entry(text).or_default().push(format!("{name} {version}"));
        }
    }
    let mut texts = texts.into_iter().collect::<Vec<_>>();
    texts.sort_by(|(_, one), (_, other)| one.cmp(other));
    for (text, mut of) in texts {
        of.dedup();
        write!(list, "\n{}\nOf {}:\n\n{text}\n", "-".repeat(80), of.join(", "))?;
    }
    Ok(list)
}

/// Writes those of `krate`, a folder of ours, into `folder`.
pub(crate) fn write_licences(tools: &Tools, krate: &str, folder: &Path) -> Result {
    Ok(fs::write(folder.join(LICENCES), licences(tools, krate.rsplit('/').next())?)?)
}

/// The text of MIT for a crate that is listed as one without a text.
fn stand_in(package: &Package, has_text: bool, listed: &[&str]) -> Result<Option<String>> {
    let Package { name, version, json, .. } = package;
    let offered = json["license"].as_str().unwrap_or_default();
    match (has_text, listed.contains(&name.as_str())) {
        (true, false) => return Ok(None),
        (true, true) => {
            return Err(
                format!("{name} {version} has a licence's text: take it off the list in others.rs").into()
            );
        }
        (false, true) if offered.split([' ', '/']).any(|licence| licence == "MIT") => {}
        (false, _) => {
            return Err(format!(
                "{name} {version} ({offered}) has no licence's text: see what it may be shipped with; if it offers MIT, list it \
                 in others.rs"
            )
            .into());
        }
    }
    let authors = json["authors"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let authors = authors.collect::<Vec<_>>().join(", ");
    let authors = if authors.is_empty() { format!("the authors of {name}") } else { authors };
    // Git may have checked it out with other line ends.
    let ours = include_str!("../../../LICENSE-MIT").replace("\r\n", "\n");
    let (_, terms) = ours.split_once("\n\n").ok_or("LICENSE-MIT begins with whose it is")?;
    Ok(Some(format!("Copyright (c) {authors}\n\n{}", terms.trim())))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::{ROOT, bill, stand_in};
    use crate::{tools::Tools, workspace};

    #[test]
    fn materials_are_all_below_what_is_ours() {
        let bill = serde_json::from_str::<Value>(&bill(&Tools::new().unwrap()).unwrap()).unwrap();
        let list = |value: &Value| value.as_array().unwrap().clone();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let listed = list(&bill["components"]);
        for component in &listed {
            let licence = text(&component["licenses"][0]["expression"]);
            assert!(!licence.is_empty() && !licence.contains('/'), "{component}");
        }
        let mut left = vec![ROOT.to_owned()];
        let mut reached = BTreeSet::new();
        while let Some(name) = left.pop() {
            if reached.insert(name.clone()) {
                let all = list(&bill["dependencies"]);
                let own = all.iter().find(|own| own["ref"] == name.as_str());
                left.extend(list(&own.unwrap()["dependsOn"]).iter().map(text));
            }
        }
        let listed = listed.iter().map(|component| text(&component["bom-ref"])).chain([ROOT.to_owned()]);
        assert_eq!(reached, listed.collect());
    }

    #[test]
    fn without_a_text() {
        let cases = [
            ("has one", "MIT", true, Ok(false)),
            ("listed", "MIT OR Apache-2.0", false, Ok(true)),
            ("listed", "MIT/Apache-2.0", false, Ok(true)),
            ("listed", "MIT", true, Err("take it off the list")),
            ("listed", "Apache-2.0", false, Err("has no licence's text")),
            ("new", "MIT", false, Err("has no licence's text")),
        ];
        for (name, licence, has_text, expected) in cases {
            let metadata = format!(
                r#"{{"target_directory": "/t", "packages": [{{"name": "{name}", "version": "1.0.0", "license": "{licence}",
                "authors": ["nobody"], "manifest_path": "/w/Cargo.toml", "features": {{}}, "targets": []}}]}}"#
            );
            let metadata = workspace::parse(&metadata).unwrap();
            let text = stand_in(&metadata.packages[0], has_text, &["listed"]);
            let text = text.map_err(|error| error.to_string());
            match (&text, expected) {
                (Ok(None), Ok(false)) => {}
                (Ok(Some(text)), Ok(true)) => {
                    assert!(text.starts_with("Copyright (c) nobody\n\nPermission is hereby"), "{text}");
                }
                (Err(error), Err(said)) if error.contains(said) => {}
                _ => panic!("{name}, {licence}: {text:?}"),
            }
        }
    }
}
