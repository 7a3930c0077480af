//! What a registry has of ours, as cargo sees it.
//!
//! Cargo itself asks: it locks a project that depends on the one version, and the lock file holds the checksum. So
//! the way to the registry, proxies and all, is the one that `cargo publish` takes, and its address is cargo's.

use std::{fs, process::Output};

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

    let lock = || {
        let lock = tools.command("cargo generate-lockfile --manifest-path").arg(folder.join("Cargo.toml"));
        lock.quiet().ignore_status()
    };
    let mut output = lock().output()?;
    if is_absence(&said(&output), krate) {
        // To cargo, what it cannot read is not there, and only its log tells. It is asked again with an empty store, as
        // it does not read again what it has.
        let home = folder.join("home");
        let _ = fs::remove_dir_all(&home);
        let again = lock().env("CARGO_HOME", &home).env("CARGO_HTTP_DEBUG", "true");
        let again = again.env("CARGO_LOG", "cargo::sources::registry::index=info,network=debug");
        let config = tools.cargo_config();
        output = config.iter().fold(again, |again, config| again.arg("--config").arg(config)).output()?;
        if let Some(why) = unreadable(&String::from_utf8_lossy(&output.stderr), krate) {
            return Err(cannot_tell(krate, version, &why));
        }
    }
    if output.status.success() {
        let lock = fs::read_to_string(folder.join("Cargo.lock"))?.parse::<DocumentMut>()?;
        let packages = lock["package"].as_array_of_tables().ok_or("cargo's lock file has no packages")?;
        let of_crate = packages.iter().find(|package| package["name"].as_str() == Some(krate));
        let checksum = of_crate.and_then(|package| package.get("checksum")?.as_str());
        return Ok(Some(checksum.ok_or("cargo's lock file has no checksum")?.to_owned()));
    }
    let said = said(&output);
    if said.contains(&format!("version {version} is yanked")) {
        return Err(
            format!("{krate} {version} is yanked: a version is never replaced, prepare the next").into()
        );
    }
    if is_absence(&said, krate) { Ok(None) } else { Err(cannot_tell(krate, version, &said)) }
}

/// Cargo's error, without its log.
fn said(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr);
    said.find("\nerror: ").map_or(&*said, |at| &said[at + 1..]).to_owned()
}

/// Whether cargo says that the registry, which did answer, has no such crate or version.
fn is_absence(said: &str, krate: &str) -> bool {
    let no_crate = said.contains(&format!("no matching package named `{krate}` found"));
    let no_version = said.contains(&format!("failed to select a version for the requirement `{krate} = "))
        && said.contains("candidate versions found which didn't match: ");
    no_crate || no_version
}

/// By cargo's log, why its page of the index says nothing of the crate: it is no page of an index, or another one.
fn unreadable(log: &str, krate: &str) -> Option<String> {
    let after =
        |mark: &str| log.lines().filter_map(|line| line.split_once(mark)).map(|(_, after)| after).next_back();
    let url = after(" network: fetch ")?;
    if let Some(target) = after("Issue another request to this URL: ") {
        return Some(format!("{url} sends on to {target}"));
    }
    let why = after(&format!("/{krate}\" registry package: "))?;
    Some(format!("{url} is no page of an index: {why}"))
}

fn cannot_tell(krate: &str, version: &str, said: &str) -> Box<dyn std::error::Error> {
    let is_there = said.contains(&format!("package `{krate} v{version}`"));
    let what = if is_there {
        format!(
            "whether the registry's {krate} {version} is ours cannot be told, as it lacks what that one needs"
        )
    } else {
        format!("whether the registry has {krate} {version} cannot be told")
    };
    format!("{what}:\n    {}", said.trim_end().replace('\n', "\n    ")).into()
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
            (
                "error: failed to select a version for the requirement `ours = \"=0.1.0\"`\n  version 0.1.0's index entry is invalid",
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
