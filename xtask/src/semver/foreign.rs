//! The crates of others that a public API names. A breaking version of such a crate is one of ours.
//!
//! Read from rustdoc's JSON, which has the paths that an item's types resolve to, renamed and re-exported or not.

use std::{collections::BTreeSet, fs};

use serde_json::Value;

use super::libraries;
use crate::{
    Result,
    tools::Tools,
    workspace::{Metadata, Package},
};

/// What each crate may name, besides the standard library and ours. `serde_core` is where serde's traits are.
/// The errors of both clients are those of faceid-types, so none of them names reqwest or ureq.
const ALLOWED: [(&str, &[&str]); 7] = [
    ("faceid-sign", &[]),
    ("faceid-types", &["http", "serde_core"]),
    ("faceid-net", &["rustls"]),
    ("faceid-async", &["reqwest"]),
    ("faceid-blocking", &["ureq"]),
    ("faceid-sandbox", &["http", "serde_core"]),
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
        println!("semver: {name} names {named:?}");
        let known =
            |krate: &str| STANDARD.contains(&krate) || ours.contains(krate) || allowed.contains(&krate);
        problems.extend(
            named.iter().filter(|krate| !known(krate)).map(|krate| format!("{name}: its API names {krate}")),
        );
    }
    Ok(problems)
}

/// The crates whose items the API of a crate names.
fn named(json: &Value) -> Result<BTreeSet<String>> {
    let index = json["index"].as_object().ok_or("rustdoc's JSON has no index")?;
    let mut ids = BTreeSet::new();
    for item in index.values().filter(|item| item["crate_id"] == 0) {
        let implementation = &item["inner"]["impl"];
        // Those that hold for any type, or follow from the fields, are no promise of this crate.
        if implementation["blanket_impl"].is_null() && implementation["is_synthetic"] != true {
            collect(&item["inner"], &mut ids);
        }
    }
    let crates = ids.iter().filter_map(|id| json["paths"][id]["crate_id"].as_u64());
    let external = crates.filter(|&number| number != 0).map(|number| {
        let name = json["external_crates"][number.to_string()]["name"].as_str();
        Ok(name.ok_or("rustdoc's JSON does not name a crate")?.to_owned())
    });
    external.collect()
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

    use super::named;

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
        assert_eq!(named(&doc).unwrap().into_iter().collect::<Vec<_>>(), ["a", "c"]);
        assert!(named(&json!({})).is_err());
    }
}
