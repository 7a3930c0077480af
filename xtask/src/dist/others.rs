//! Of the work of others that is in what we ship: the bill of materials, and the licences.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
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
    ids: BTreeSet<String>,
    checksums: BTreeMap<(String, String), String>,
}

impl Parts {
    fn of(tools: &Tools) -> Result<Self> {
        let metadata = crate::workspace::Metadata::of_locked_graph(tools)?;
        let mut edges = BTreeMap::<&str, Vec<&str>>::new();
        for node in metadata.nodes.as_array().ok_or("cargo metadata's answer lacks `resolve`")? {
            let dependencies = node["deps"].as_array().into_iter().flatten();
            let built = dependencies.filter(|dependency| {
                let kinds = dependency["dep_kinds"].as_array();
                kinds.is_some_and(|kinds| kinds.iter().any(|kind| kind["kind"] != "dev"))
            });
            let ids = built.filter_map(|dependency| dependency["pkg"].as_str()).collect();
            edges.insert(node["id"].as_str().unwrap_or_default(), ids);
        }
        let shipped =
            metadata.packages.iter().filter(|package| release::is_shipped(package) && !package.foreign);
        let mut left = shipped.filter_map(|package| package.json["id"].as_str()).collect::<Vec<_>>();
        let mut ids = BTreeSet::new();
        while let Some(id) = left.pop() {
            if ids.insert(id.to_owned()) {
                left.extend(edges.get(id).into_iter().flatten());
            }
        }
        let checksums = release::locked_checksums(&fs::read_to_string(tools.path("Cargo.lock"))?)?;
        Ok(Self { metadata, ids, checksums })
    }

    fn iter(&self) -> impl Iterator<Item = Part<'_>> {
        let packages = self.metadata.packages.iter();
        let built =
            packages.filter(|package| package.json["id"].as_str().is_some_and(|id| self.ids.contains(id)));
        built.map(|package| {
            let key = (package.name.clone(), package.version.clone());
            Part { package, checksum: self.checksums.get(&key).cloned() }
        })
    }
}

/// The bill of materials, in `CycloneDX` 1.5.
pub(super) fn bill(tools: &Tools) -> Result<String> {
    let parts = Parts::of(tools)?;
    let components = parts.iter().map(|Part { package, checksum }| {
        let Package { name, version, json, .. } = package;
        let hashes = checksum.map(|content| json!([{ "alg": "SHA-256", "content": content }]));
        json!({
            "type": "library", "name": name, "version": version,
            "bom-ref": format!("pkg:cargo/{name}@{version}"), "purl": format!("pkg:cargo/{name}@{version}"),
            "licenses": [{ "expression": json["license"] }], "hashes": hashes.unwrap_or_else(|| json!([])),
        })
    });
    let bill = json!({
        "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
        "metadata": { "component": {
            "type": "application", "name": "faceid", "version": release::version(tools)?.to_string(),
            "bom-ref": "faceid",
        } },
        "components": components.collect::<Vec<Value>>(),
    });
    Ok(serde_json::to_string_pretty(&bill)? + "\n")
}

/// Who has what licence, and the text of each once.
pub(super) fn licences(tools: &Tools) -> Result<String> {
    let parts = Parts::of(tools)?;
    let mut list = String::from("Crates of others, and the licences that they are under\n\n");
    let mut texts = BTreeMap::<String, Vec<String>>::new();
    for Part { package, .. } in parts.iter().filter(|part| part.package.foreign) {
        let Package { name, version, json, folder, .. } = package;
        let licence = json["license"].as_str().unwrap_or("see its licence file");
        writeln!(list, "{name} {version}: {licence}")?;
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let file = entry.file_name().to_string_lossy().to_ascii_uppercase();
            let is_text = ["LICENSE", "LICENCE", "COPYING", "NOTICE", "UNLICENSE"]
                .iter()
                .any(|name| file.starts_with(name));
            if is_text && entry.file_type()?.is_file() {
                let text = String::from_utf8_lossy(&fs::read(entry.path())?).replace("\r\n", "\n");
                texts.entry(text.trim().to_owned()).or_default().push(format!("{name} {version}"));
            }
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
