//! What cargo says of the workspace: packages, their features and targets.

use std::{collections::BTreeSet, path::PathBuf};

use serde_json::Value;

use crate::{Result, tools::Tools};

/// An answer of `cargo metadata`, cut down to what the commands ask for.
pub(crate) struct Metadata {
    pub(crate) packages: Vec<Package>,
    pub(crate) target_directory: PathBuf,
    /// Who depends on whom, as cargo puts it; null if that was not asked for.
    pub(crate) nodes: Value,
}

pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) version: String,
    /// Whether it may go to a registry.
    pub(crate) published: bool,
    /// Sorted, `default` among them if there is one.
    pub(crate) features: Vec<String>,
    pub(crate) targets: Vec<Target>,
    /// The folder of its manifest.
    pub(crate) folder: PathBuf,
    /// Whether it comes from a registry.
    pub(crate) foreign: bool,
    /// All that cargo says of it.
    pub(crate) json: Value,
}

pub(crate) struct Target {
    pub(crate) name: String,
    kinds: Vec<String>,
}

impl Metadata {
    /// The packages of the workspace.
    pub(crate) fn of_members(tools: &Tools) -> Result<Self> {
        answer(tools, "--no-deps")
    }

    /// The packages of the workspace and all that any feature on any target brings along.
    pub(crate) fn of_graph(tools: &Tools) -> Result<Self> {
        answer(tools, "--all-features")
    }

    /// As `of_graph`, and the answer must follow from the lock file and what is fetched.
    pub(crate) fn of_locked_graph(tools: &Tools) -> Result<Self> {
        answer(tools, "--all-features --locked --offline")
    }

    /// What goes to the registry, each after all that it depends on.
    pub(crate) fn in_publish_order(&self) -> Result<Vec<&Package>> {
        let mut left = self.packages.iter().filter(|package| package.published).collect::<Vec<_>>();
        let mut order = Vec::new();
        while !left.is_empty() {
            let waiting = left.iter().map(|package| package.name.as_str()).collect::<BTreeSet<_>>();
            let is_ready = |package: &&Package| !package.built_with().any(|name| waiting.contains(name));
            let (ready, rest) = left.iter().copied().partition::<Vec<_>, _>(is_ready);
            if ready.is_empty() {
                return Err(format!("these depend on each other in a circle: {waiting:?}").into());
            }
            order.extend(ready);
            left = rest;
        }
        Ok(order)
    }

    /// The workspace's package of that name.
    pub(crate) fn package(&self, name: &str) -> Result<&Package> {
        let found = self.packages.iter().find(|package| package.name == name);
        found.ok_or_else(|| format!("the workspace has no package {name}").into())
    }
}

impl Package {
    pub(crate) fn targets_of<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Target> {
        self.targets.iter().filter(move |target| target.kinds.iter().any(|own| own == kind))
    }

    /// Its library, as Rust code calls it.
    pub(crate) fn library(&self) -> Option<String> {
        let is_library = |kind: &String| matches!(kind.as_str(), "lib" | "rlib");
        let library = self.targets.iter().find(|target| target.kinds.iter().any(is_library))?;
        Some(library.name.replace('-', "_"))
    }

    /// The names of what it does not build without. A registry has to have those first.
    pub(crate) fn built_with(&self) -> impl Iterator<Item = &str> {
        let all = self.json["dependencies"].as_array().into_iter().flatten();
        all.filter(|dependency| dependency["kind"] != "dev")
            .filter_map(|dependency| dependency["name"].as_str())
    }
}

fn answer(tools: &Tools, extent: &str) -> Result<Metadata> {
    let command = tools.command("cargo metadata --format-version 1").args(extent.split(' '));
    parse(&command.quiet().read()?)
}

pub(crate) fn parse(json: &str) -> Result<Metadata> {
    let root: Value = serde_json::from_str(json)?;
    let packages = list(&root, "packages", package)?;
    let target_directory = text(&root, "target_directory")?.into();
    Ok(Metadata { packages, target_directory, nodes: root["resolve"]["nodes"].clone() })
}

fn package(value: &Value) -> Result<Package> {
    let features = value["features"].as_object().ok_or_else(|| lacks("features"))?;
    Ok(Package {
        name: text(value, "name")?,
        version: text(value, "version")?,
        // null means any registry, a list means only those in it.
        published: value["publish"].as_array().is_none_or(|registries| !registries.is_empty()),
        features: features.keys().cloned().collect(),
        targets: list(value, "targets", target)?,
        folder: PathBuf::from(text(value, "manifest_path")?)
            .parent()
            .ok_or("a manifest is in a folder")?
            .into(),
        foreign: !value["source"].is_null(),
        json: value.clone(),
    })
}

fn target(value: &Value) -> Result<Target> {
    let name = text(value, "name")?;
    let kinds = list(value, "kind", |kind| Ok(kind.as_str().unwrap_or_default().to_owned()))?;
    Ok(Target { name, kinds })
}

fn text(value: &Value, key: &str) -> Result<String> {
    Ok(value[key].as_str().ok_or_else(|| lacks(key))?.to_owned())
}

fn list<T>(value: &Value, key: &str, item: impl Fn(&Value) -> Result<T>) -> Result<Vec<T>> {
    value[key].as_array().ok_or_else(|| lacks(key))?.iter().map(item).collect()
}

fn lacks(key: &str) -> String {
    format!("cargo metadata's answer lacks `{key}`")
}

#[cfg(test)]
mod tests {
    use super::parse;

    const ANSWER: &str = r#"{"target_directory": "/t", "packages": [
        {"name": "open", "version": "1.0.0", "manifest_path": "/w/open/Cargo.toml", "publish": null,
         "dependencies": [{"name": "chosen", "kind": null}, {"name": "last", "kind": "dev"}], "features": {"std": [], "default": ["std"]},
         "targets": [{"name": "open", "kind": ["lib"]}, {"name": "walk", "kind": ["example"]}]},
        {"name": "chosen", "version": "1.0.0", "manifest_path": "/w/chosen/Cargo.toml", "publish": ["crates-io"], "features": {}, "targets": []},
        {"name": "last", "version": "1.0.0", "manifest_path": "/w/last/Cargo.toml", "publish": null,
         "dependencies": [{"name": "open", "kind": null}], "features": {}, "targets": []},
        {"name": "kept", "version": "1.0.0", "manifest_path": "/w/kept/Cargo.toml", "publish": [], "features": {}, "targets": []}]}"#;

    #[test]
    fn packages() {
        let metadata = parse(ANSWER).unwrap();
        let cases = [
            ("open", true, vec!["default", "std"], vec!["walk"]),
            ("chosen", true, vec![], vec![]),
            ("kept", false, vec![], vec![]),
        ];
        for (name, published, features, examples) in cases {
            let package = metadata.package(name).unwrap();
            assert_eq!(package.published, published, "{name}");
            assert_eq!(package.features, features, "{name}");
            let found = package.targets_of("example").map(|target| &target.name);
            assert_eq!(found.collect::<Vec<_>>(), examples, "{name}");
        }
        assert!(metadata.package("absent").is_err());
    }

    #[test]
    fn publish_order() {
        let metadata = parse(ANSWER).unwrap();
        let order = metadata.in_publish_order().unwrap();
        assert_eq!(order.iter().map(|package| &package.name).collect::<Vec<_>>(), ["chosen", "open", "last"]);

        let circle = parse(&ANSWER.replace(r#""kind": "dev""#, r#""kind": "build""#)).unwrap();
        assert!(circle.in_publish_order().is_err());
    }

    #[test]
    fn a_missing_key_is_named() {
        let cases = [
            ("{}", "`packages`"),
            (r#"{"packages": []}"#, "`target_directory`"),
            (r#"{"packages": [{"features": {}}]}"#, "`name`"),
        ];
        for (json, named) in cases {
            let error = parse(json).err().unwrap().to_string();
            assert!(error.contains(named), "{json}: {error}");
        }
    }
}
