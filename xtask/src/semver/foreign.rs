//! The crates of others that a public API names. A breaking version of such a crate is one of ours.
//!
//! Read from rustdoc's JSON, which has the paths that an item's types resolve to, renamed and re-exported or not.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use serde_json::{Map, Value};

use super::libraries;
use crate::{
    Result,
    tools::Tools,
    workspace::{Metadata, Package},
};

/// What each crate may name, besides the standard library and ours, and where: in the items listed, or in any.
/// `serde_core` is where serde's traits are.
type Allowed = &'static [(&'static str, Option<&'static [&'static str]>)];

/// A client takes the library below it from its user, and gives it to nobody: no error of a client names it.
const ALLOWED: [(&str, Allowed); 7] = [
    ("faceid-sign", &[]),
    ("faceid-types", &[("http", None), ("serde_core", None)]),
    ("faceid-net", &[("rustls", Some(&["Network::tls_config"]))]),
    ("faceid-async", &[("reqwest", Some(&["use reqwest", "Client::with_http"]))]),
    ("faceid-blocking", &[("ureq", Some(&["use ureq", "Client::with_agent"]))]),
    ("faceid-sandbox", &[("http", None), ("serde_core", None)]),
    ("faceid-capi", &[]),
];

const STANDARD: [&str; 3] = ["alloc", "core", "std"];

pub(super) fn wrong(tools: &Tools) -> Result<Vec<String>> {
    let metadata = Metadata::of_members(tools)?;
    let target = metadata.target_directory.join("foreign");
    let ours = libraries(&metadata).filter_map(Package::library).collect::<BTreeSet<_>>();
    let mut problems = Vec::new();
    for package in libraries(&metadata) {
        let name = &package.name;
        let Some((_, allowed)) = ALLOWED.iter().find(|(krate, _)| krate == name) else {
            problems.push(format!("{name}: xtask/src/semver/foreign.rs does not say what its API may name"));
            continue;
        };
        let doc = tools.command("cargo rustdoc --quiet --locked --lib --all-features --package").arg(name);
        let doc = doc.args(["--", "-Z", "unstable-options", "--output-format", "json"]);
        doc.env("RUSTC_BOOTSTRAP", "1").env("CARGO_TARGET_DIR", &target).run()?;
        let library = package.library().ok_or("a library has a name")?;
        let json = serde_json::from_str(&fs::read_to_string(target.join(format!("doc/{library}.json")))?)?;
        let named = named(&json)?;
        let crates = named.iter().map(|(krate, _)| krate).collect::<BTreeSet<_>>();
        println!("semver: {name} names {crates:?}");
        problems.extend(
            named
                .iter()
                .filter(|(krate, item)| !ours.contains(krate) && !may_name(allowed, krate, item))
                .map(|(krate, item)| format!("{name}: its API names {krate}: {item}")),
        );
    }
    Ok(problems)
}

fn may_name(allowed: Allowed, krate: &str, item: &str) -> bool {
    let listed = allowed.iter().find(|(name, _)| *name == krate);
    STANDARD.contains(&krate) || listed.is_some_and(|(_, items)| items.is_none_or(|it| it.contains(&item)))
}

/// The crates whose items the API of a crate names, each with the item of the API that does.
fn named(json: &Value) -> Result<BTreeSet<(String, String)>> {
    let index = json["index"].as_object().ok_or("rustdoc's JSON has no index")?;
    let parents = parents(index);
    let mut named = BTreeSet::new();
    for (id, item) in index.iter().filter(|(_, item)| item["crate_id"] == 0) {
        let inner = &item["inner"];
        let implementation = &inner["impl"];
        // Those that hold for any type, or follow from the fields, are no promise of this crate.
        if !implementation["blanket_impl"].is_null() || implementation["is_synthetic"] == true {
            continue;
        }
        let mut ids = BTreeSet::new();
        collect(inner, &mut ids);
        for number in ids.iter().filter_map(|id| json["paths"][id]["crate_id"].as_u64()) {
            let krate = json["external_crates"][number.to_string()]["name"].as_str();
            if number != 0 {
                let krate = krate.ok_or("rustdoc's JSON does not name a crate")?;
                named.insert((krate.to_owned(), path(index, &parents, id)));
            }
        }
    }
    Ok(named)
}

/// By an item's id, that of the module, type or trait that has it.
fn parents(index: &Map<String, Value>) -> BTreeMap<String, String> {
    let mut parents = BTreeMap::new();
    for (id, item) in index {
        let implemented = &item["inner"]["impl"]["for"];
        let parent = if implemented.is_null() { id } else { &implemented["resolved_path"]["id"].to_string() };
        let mut children = BTreeSet::new();
        held(&item["inner"], &mut children);
        parents.extend(children.into_iter().map(|child| (child, parent.clone())));
    }
    parents
}

/// The ids of what an item holds: they stand in a list.
fn held(value: &Value, ids: &mut BTreeSet<String>) {
    for (key, value) in value.as_object().into_iter().flatten() {
        if ["items", "variants", "fields", "tuple"].contains(&key.as_str()) {
            ids.extend(value.as_array().into_iter().flatten().filter(|id| id.is_u64()).map(Value::to_string));
        }
        held(value, ids);
    }
}

/// How an item is called from the crate's root; private modules are not in it.
fn path(index: &Map<String, Value>, parents: &BTreeMap<String, String>, id: &str) -> String {
    let item = &index[id];
    let name = item["name"].as_str().unwrap_or_default();
    let own = match (&item["inner"]["impl"]["for"]["resolved_path"]["path"], &item["inner"]["use"]["source"])
    {
        (Value::String(of), _) => format!("impl for {of}"),
        (_, Value::String(source)) => {
            format!("use {source}{}", if item["inner"]["use"]["is_glob"] == true { "::*" } else { "" })
        }
        _ => name.to_owned(),
    };
    let parent = parents.get(id).filter(|parent| index.get(*parent).is_some_and(|it| !is_root(it)));
    parent.map_or(own.clone(), |parent| format!("{}::{own}", path(index, parents, parent)))
}

fn is_root(item: &Value) -> bool {
    item["inner"]["module"]["is_crate"] == true
}

/// Every path of a type or trait has `path` and the `id` of what it resolves to; a re-export is a `use`.
fn collect(value: &Value, ids: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            let is_path = fields.contains_key("path") || fields.contains_key("source");
            if let Some(id) = fields.get("id").filter(|id| is_path && id.is_u64()) {
                ids.insert(id.to_string());
            }
            fields.values().for_each(|field| collect(field, ids));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, ids)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{ALLOWED, may_name, named};

    #[test]
    fn crates_in_an_api() {
        let doc = json!({
            "index": {
                "1": {"crate_id": 0, "inner": {"struct_field": {"resolved_path": {"path": "Other", "id": 7, "args": null}}}},
                "2": {"crate_id": 0, "inner": {"impl": {"blanket_impl": {"generic": "T"}, "trait": {"path": "Any", "id": 8}}}},
                "3": {"crate_id": 0, "inner": {"use": {"source": "third", "name": "third", "id": 9}}},
                "4": {"crate_id": 5, "inner": {"struct_field": {"resolved_path": {"path": "Far", "id": 10}}}},
            },
            "paths": {
                "7": {"crate_id": 5}, "8": {"crate_id": 6}, "9": {"crate_id": 7}, "10": {"crate_id": 8},
            },
            "external_crates": {"5": {"name": "a"}, "6": {"name": "b"}, "7": {"name": "c"}, "8": {"name": "d"}},
        });
        let found = named(&doc).unwrap();
        assert_eq!(found.iter().map(|(krate, _)| krate).collect::<Vec<_>>(), ["a", "c"]);
        assert!(named(&json!({})).is_err());
    }

    /// An API whose items all name reqwest: the constructor may, and an error may not, however it does.
    #[test]
    fn where_a_client_names_its_library() {
        let reqwest = json!({"resolved_path": {"path": "reqwest::Error", "id": 7, "args": null}});
        let of = |name: &str| json!({"resolved_path": {"path": name, "id": 1}});
        let doc = json!({
            "index": {
                "1": {"crate_id": 0, "name": "Client", "inner": {"struct": {"kind": "unit"}}},
                "2": {"crate_id": 0, "name": null, "inner": {"impl": {"for": of("Client"), "items": [3, 4], "blanket_impl": null}}},
                "3": {"crate_id": 0, "name": "with_http", "inner": {"function": {"sig": {"inputs": [["builder", reqwest]]}}}},
                "4": {"crate_id": 0, "name": "send", "inner": {"function": {"sig": {"output": reqwest}}}},
                "5": {"crate_id": 0, "name": "Failed", "inner": {"enum": {"variants": [6]}}},
                "6": {"crate_id": 0, "name": "0", "inner": {"struct_field": reqwest}},
                "8": {"crate_id": 0, "name": null, "inner": {"impl": {
                    "for": of("Failed"), "items": [], "blanket_impl": null,
                    "trait": {"path": "From", "id": 9, "args": {"angle_bracketed": {"args": [{"type": reqwest}]}}},
                }}},
                "10": {"crate_id": 0, "name": null, "inner": {"use": {"source": "reqwest", "name": "reqwest", "id": 7}}},
                "11": {"crate_id": 0, "name": "krate", "inner": {"module": {"is_crate": true, "items": [10, 12, 14, 17]}}},
                "12": {"crate_id": 0, "name": "error", "inner": {"module": {"is_crate": false, "items": [13]}}},
                "13": {"crate_id": 0, "name": null, "inner": {"use": {"source": "reqwest::Error", "name": "reqwest", "id": 7}}},
                "14": {"crate_id": 0, "name": "Kind", "inner": {"enum": {"variants": [15]}}},
                "15": {"crate_id": 0, "name": "Http", "inner": {"variant": {"kind": {"tuple": [null, 16]}}}},
                "16": {"crate_id": 0, "name": "1", "inner": {"struct_field": reqwest}},
                "17": {"crate_id": 0, "name": null, "inner": {"use": {"source": "::reqwest", "name": "reqwest", "id": 7, "is_glob": true}}},
            },
            "paths": {"1": {"crate_id": 0}, "7": {"crate_id": 5}, "9": {"crate_id": 6}},
            "external_crates": {"5": {"name": "reqwest"}, "6": {"name": "core"}},
        });
        let (_, allowed) = ALLOWED.iter().find(|(name, _)| *name == "faceid-async").unwrap();
        let found = named(&doc).unwrap();
        let refused = found.iter().filter(|(krate, item)| !may_name(allowed, krate, item));
        let refused = refused.map(|(_, item)| item.as_str()).collect::<Vec<_>>();
        assert_eq!(
            refused,
            [
                "Client::send",
                "Failed::0",
                "Kind::Http::1",
                "error::use reqwest::Error",
                "impl for Failed",
                "use ::reqwest::*"
            ]
        );
        let allowed =
            ["Client::with_http", "use reqwest"].map(|item| ("reqwest".to_owned(), item.to_owned()));
        assert!(allowed.iter().all(|item| found.contains(item)), "{found:?}");
    }
}
