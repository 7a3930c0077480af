//! What crates have from the workspace's manifest: a change of it is a change of theirs, and no file of theirs shows it.

use semver::Version;
use toml_edit::{DocumentMut, Item, TableLike};

/// The keys and dependencies that crates may inherit, and that are new or other ones since `old`.
pub(super) fn changed(old: &DocumentMut, new: &DocumentMut) -> Vec<String> {
    let mut changed = Vec::new();
    for kind in ["package", "dependencies"] {
        let [old, new] = [old, new].map(|manifest| manifest.get("workspace")?.get(kind)?.as_table_like());
        for (key, item) in new.into_iter().flat_map(TableLike::iter) {
            let before = old.and_then(|old| old.get(key));
            if before.is_none_or(|before| compact(before) != compact(item)) {
                changed.push(key.to_owned());
            }
        }
    }
    changed
}

/// Without blanks, nor the comment behind it.
fn compact(item: &Item) -> String {
    let value = item.as_value().map(|value| value.clone().decorated("", "").to_string());
    value.unwrap_or_else(|| item.to_string()).split_whitespace().collect()
}

/// Whether a table of a crate's manifest, or one below it, has `key` from the workspace. What tests alone depend on is no
/// matter of a user's.
pub(super) fn inherits(table: &dyn TableLike, key: &str) -> bool {
    let is_workspace = |item: &Item| item.get("workspace").and_then(Item::as_bool) == Some(true);
    table.get(key).is_some_and(is_workspace)
        || table.iter().any(|(name, item)| {
            name != "dev-dependencies" && item.as_table_like().is_some_and(|below| inherits(below, key))
        })
}

/// That the least Rust version is raised by a patch, which STABILITY.md rules out.
pub(super) fn rust_raised(
    [old, new]: [&DocumentMut; 2],
    before: &Version,
    version: &Version,
) -> Option<String> {
    let [old, new] =
        [old, new].map(|manifest| manifest.get("workspace")?.get("package")?.get("rust-version")?.as_str());
    let (old, new) = (old?, new?);
    let number = |text: &str| {
        let parts = text.split('.').map(|part| part.parse().unwrap_or(0));
        parts.chain([0, 0]).take(3).collect::<Vec<u32>>()
    };
    let is_patch = (before.major, before.minor) == (version.major, version.minor);
    (is_patch && number(old) < number(new)).then(|| {
        format!(
            "rust-version is {new}, and was {old} in {before}: a patch does not raise it, so take {}.{}.0",
            version.major,
            version.minor + 1
        )
    })
}

#[cfg(test)]
mod tests {
    use toml_edit::DocumentMut;

    use super::{changed, inherits, rust_raised};

    const WORKSPACE: &str = "[workspace.package]\nversion = \"0.1.0\"\nrust-version = \"1.85\"\n\n[workspace.dependencies]\n\
                             own = { path = \"own\", version = \"0.1.0\" }\nhttp = \"1.5\"\nserde = { version = \"1.0\" }\n\n\
                             [profile.release]\nlto = \"thin\"\n";

    fn parsed(text: &str) -> DocumentMut {
        text.parse().unwrap()
    }

    #[test]
    fn changes_of_the_workspace() {
        let cases: [(&str, &str, &[&str]); 8] = [
            ("", "", &[]),
            ("\"thin\"", "\"fat\"", &[]),
            ("{ version = \"1.0\" }", "{version=\"1.0\"} # As before.", &[]),
            ("http = \"1.5\"\n", "", &[]),
            ("\"1.85\"", "\"1.90\"", &["rust-version"]),
            ("\"1.5\"", "\"1.6\"", &["http"]),
            ("http = ", "new = \"1.0\"\nhttp = ", &["new"]),
            ("{ version = \"1.0\"", "{ version = \"1.0\", features = [\"std\"]", &["serde"]),
        ];
        for (from, to, expected) in cases {
            let now = WORKSPACE.replacen(from, to, 1);
            assert_eq!(changed(&parsed(WORKSPACE), &parsed(&now)), expected, "{from} {to}");
        }
    }

    #[test]
    fn what_is_inherited() {
        let cases = [
            ("[package]\nhttp.workspace = true", true),
            ("[dependencies]\nhttp = { workspace = true, optional = true }", true),
            ("[build-dependencies.http]\nworkspace = true", true),
            ("[target.'cfg(unix)'.dependencies]\nhttp.workspace = true", true),
            ("[dependencies]\nhttp = \"1.5\"\nserde.workspace = true", false),
            ("[dev-dependencies]\nhttp.workspace = true", false),
            ("[target.'cfg(unix)'.dev-dependencies]\nhttp.workspace = true", false),
            ("", false),
        ];
        for (manifest, expected) in cases {
            assert_eq!(inherits(parsed(manifest).as_table(), "http"), expected, "{manifest}");
        }
    }

    #[test]
    fn a_patch_does_not_raise_rust() {
        let cases = [
            (
                "1.90",
                "0.1.1",
                Some("rust-version is 1.90, and was 1.85 in 0.1.0: a patch does not raise it, so take 0.2.0"),
            ),
            (
                "1.85.1",
                "0.1.1",
                Some(
                    "rust-version is 1.85.1, and was 1.85 in 0.1.0: a patch does not raise it, so take 0.2.0",
                ),
            ),
            (
                "1.100",
                "0.1.1",
                Some(
                    "rust-version is 1.100, and was 1.85 in 0.1.0: a patch does not raise it, so take 0.2.0",
                ),
            ),
            ("1.85.0", "0.1.1", None),
            ("1.84", "0.1.1", None),
            ("1.90", "0.2.0", None),
            ("1.90", "1.0.0", None),
        ];
        for (rust, version, expected) in cases {
            let [old, new] = [WORKSPACE, &WORKSPACE.replace("1.85", rust)].map(parsed);
            let found = rust_raised([&old, &new], &"0.1.0".parse().unwrap(), &version.parse().unwrap());
            assert_eq!(found.as_deref(), expected, "{rust} {version}");
        }
    }
}
