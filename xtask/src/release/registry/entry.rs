//! A crate's line of the index, from an upload or from what cargo says of a package.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use toml_edit::DocumentMut;

use crate::Result;

/// As the lock file names the public registry. In the registry's own index it is not named.
const PUBLIC: &str = "https://github.com/rust-lang/crates.io-index";

/// The SHA-256 in hex digits.
pub(crate) fn checksum(bytes: &[u8]) -> String {
    let digits = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>();
    digits.concat()
}

/// An upload is two parts, each after its length in four bytes: JSON, and the archive.
pub(super) fn split_upload(body: &[u8]) -> Result<(Value, Vec<u8>)> {
    let part = |from: &[u8]| {
        let (length, rest) = from.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
        let (part, rest) = rest.split_at_checked(length)?;
        Some((part.to_vec(), rest.to_vec()))
    };
    let (json, rest) = part(body).ok_or("the upload is cut short")?;
    let (archive, _) = part(&rest).ok_or("the upload is cut short")?;
    Ok((serde_json::from_slice(&json)?, archive))
}

pub(super) fn of_upload(json: &Value, archive: &[u8]) -> Result<Value> {
    let dependencies = json["deps"].as_array().ok_or("the upload lacks deps")?.iter().map(|dependency| {
        let renamed = dependency["explicit_name_in_toml"].as_str();
        let registry = &dependency["registry"];
        json!({
            "name": renamed.map_or_else(|| dependency["name"].clone(), Value::from),
            "package": renamed.map(|_| &dependency["name"]),
            "req": dependency["version_req"],
            "features": dependency["features"],
            "optional": dependency["optional"],
            "default_features": dependency["default_features"],
            "target": dependency["target"],
            "kind": dependency["kind"],
            "registry": if registry == PUBLIC { &Value::Null } else { registry },
        })
    });
    Ok(line(
        [&json["name"], &json["vers"]],
        &dependencies.collect::<Vec<_>>(),
        &json["features"],
        [&json["links"], &json["rust_version"]],
        &checksum(archive),
    ))
}

pub(super) fn of_package(json: &Value, checksum: &str) -> Result<Value> {
    let dependencies = json["dependencies"].as_array().ok_or("a package lacks dependencies")?;
    let dependencies = dependencies.iter().map(|dependency| {
        let renamed = dependency["rename"].as_str();
        json!({
            "name": renamed.map_or_else(|| dependency["name"].clone(), Value::from),
            "package": renamed.map(|_| &dependency["name"]),
            "req": dependency["req"],
            "features": dependency["features"],
            "optional": dependency["optional"],
            "default_features": dependency["uses_default_features"],
            "target": dependency["target"],
            "kind": dependency["kind"].as_str().unwrap_or("normal"),
            "registry": null,
        })
    });
    Ok(line(
        [&json["name"], &json["version"]],
        &dependencies.collect::<Vec<_>>(),
        &json["features"],
        [&json["links"], &json["rust_version"]],
        checksum,
    ))
}

fn line(
    [name, version]: [&Value; 2],
    dependencies: &[Value],
    features: &Value,
    [links, rust_version]: [&Value; 2],
    checksum: &str,
) -> Value {
    json!({
        "name": name, "vers": version, "deps": dependencies, "cksum": checksum, "features": features,
        "yanked": false, "links": links, "rust_version": rust_version, "v": 2,
    })
}

/// By name and version.
pub(crate) fn locked_checksums(lock: &str) -> Result<BTreeMap<(String, String), String>> {
    let lock = lock.parse::<DocumentMut>()?;
    let packages = lock["package"].as_array_of_tables().ok_or("Cargo.lock has no packages")?;
    let text = |table: &toml_edit::Table, key| Some(table.get(key)?.as_str()?.to_owned());
    let of = |table| Some(((text(table, "name")?, text(table, "version")?), text(table, "checksum")?));
    Ok(packages.iter().filter_map(of).collect())
}

pub(super) fn text(json: &Value, key: &str) -> Result<String> {
    Ok(json[key].as_str().ok_or_else(|| format!("the upload lacks {key}"))?.to_owned())
}
