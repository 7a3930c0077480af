//! What a registry has of ours, as cargo sees it.
//!
//! Cargo itself asks: it locks a project that depends on the one version, and the lock file holds the checksum. So
//! the way to the registry, proxies and all, is the one that `cargo publish` takes, and its address is cargo's.

use std::fs;

use toml_edit::DocumentMut;

use crate::{Result, tools::Tools, workspace::Metadata};

/// The checksum of that version, if the registry has it.
///
/// # Errors
///
/// If that cannot be told: the registry does not answer, or not as a registry.
pub(crate) fn look_up(tools: &Tools, krate: &str, version: &str) -> Result<Option<String>> {
    let folder = Metadata::of_members(tools)?.target_directory.join("xtask/look-up");
    fs::create_dir_all(folder.join("src"))?;
    fs::write(folder.join("src/lib.rs"), "")?;
    let manifest = format!(
        "[package]\nname = \"look-up\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n{krate} = {{ version = \
         \"={version}\", default-features = false }}\n"
    );
    fs::write(folder.join("Cargo.toml"), manifest)?;
    let _ = fs::remove_file(folder.join("Cargo.lock"));

    let lock = tools.command("cargo generate-lockfile --manifest-path").arg(folder.join("Cargo.toml"));
    let output = lock.quiet().ignore_status().output()?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        if said.contains(&format!("version {version} is yanked")) {
            return Err(format!(
                "{krate} {version} is yanked: a version is never replaced, prepare the next"
            )
            .into());
        }
        return if is_absence(&said, krate) { Ok(None) } else { Err(cannot_tell(krate, version, &said)) };
    }
    let lock = fs::read_to_string(folder.join("Cargo.lock"))?.parse::<DocumentMut>()?;
    let packages = lock["package"].as_array_of_tables().ok_or("cargo's lock file has no packages")?;
    let of_crate = packages.iter().find(|package| package["name"].as_str() == Some(krate));
    let checksum = of_crate.and_then(|package| package.get("checksum")?.as_str());
    Ok(Some(checksum.ok_or("cargo's lock file has no checksum")?.to_owned()))
}

/// Whether cargo says that the registry, which did answer, has no such crate or version.
fn is_absence(said: &str, krate: &str) -> bool {
    let no_crate = said.contains(&format!("no matching package named `{krate}` found"));
    let no_version = said.contains(&format!("failed to select a version for the requirement `{krate} = "))
        && !said.contains("yanked");
    no_crate || no_version
}

fn cannot_tell(krate: &str, version: &str, said: &str) -> Box<dyn std::error::Error> {
    let said = said.trim_end().replace('\n', "\n    ");
    format!("whether the registry has {krate} {version} cannot be told:\n    {said}").into()
}

#[cfg(test)]
mod tests {
    use super::is_absence;

    #[test]
    fn what_cargo_says() {
        let cases = [
            ("error: no matching package named `ours` found\nlocation searched: crates.io index", true),
            ("error: no matching package named `theirs` found\nrequired by package `ours v0.1.0`", false),
            (
                "error: failed to select a version for the requirement `ours = \"=0.2.0\"`\n\
                 candidate versions found which didn't match: 0.1.0",
                true,
            ),
            (
                "error: failed to select a version for the requirement `ours = \"=0.1.0\"`\n  version 0.1.0 is yanked",
                false,
            ),
            ("error: failed to query replaced source registry `crates-io`\nCaused by:\n  503", false),
            ("", false),
        ];
        for (said, absent) in cases {
            assert_eq!(is_absence(said, "ours"), absent, "{said}");
        }
    }
}
