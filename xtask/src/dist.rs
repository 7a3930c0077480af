//! `cargo xtask dist --prefix DIR`: the C library where a C program looks for it.

use std::{
    env::consts,
    fs,
    path::{Path, PathBuf},
};

use crate::{Result, tools::Tools, workspace::Metadata};

const CAPI: &str = "crates/faceid-capi";

/// The number in the name by which programs find the shared library: the one in the crate's build.rs.
const ABI: u32 = 0;

/// Builds the C library and installs header, libraries and the file for pkg-config below `prefix`.
pub(crate) fn run(prefix: &Path) -> Result {
    // Tools run in the workspace's root, a path given by the caller is relative to where that is.
    let prefix = std::path::absolute(prefix)?;
    let tools = Tools::new()?;
    let metadata = Metadata::of_members(&tools)?;
    let version = &metadata.package("faceid-capi")?.version;
    let shared = Shared::of(consts::OS, version)?;

    tools.command("cargo build --locked --release --package faceid-capi").run()?;

    let built = metadata.target_directory.join("release");
    let (include, lib) = (prefix.join("include"), prefix.join("lib"));
    install(&tools.path(CAPI).join("include/faceid.h"), &include.join("faceid.h"))?;
    install(&built.join("libfaceid.a"), &lib.join("libfaceid.a"))?;
    install(&built.join(shared.built), &lib.join(&shared.installed))?;
    for link in &shared.links {
        symlink(&shared.installed, &lib.join(link))?;
    }

    let template = fs::read_to_string(tools.path(CAPI).join("faceid.pc.in"))?;
    let folder = lib.join("pkgconfig");
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("faceid.pc"), filled(&template, version)?)?;
    println!("dist: faceid {version} is in {}", prefix.display());
    Ok(())
}

/// What the shared library is called.
#[derive(Debug, PartialEq)]
struct Shared {
    /// By cargo.
    built: &'static str,
    installed: String,
    /// By programs when they start, and by linkers.
    links: [String; 2],
}

impl Shared {
    fn of(os: &str, version: &str) -> Result<Self> {
        match os {
            "linux" | "freebsd" | "netbsd" | "openbsd" | "dragonfly" => Ok(Self {
                built: "libfaceid.so",
                installed: format!("libfaceid.so.{version}"),
                links: [format!("libfaceid.so.{ABI}"), "libfaceid.so".to_owned()],
            }),
            // Not tested.
            "macos" => Ok(Self {
                built: "libfaceid.dylib",
                installed: format!("libfaceid.{version}.dylib"),
                links: [format!("libfaceid.{ABI}.dylib"), "libfaceid.dylib".to_owned()],
            }),
            _ => Err(format!(
                "there is no layout of a prefix for {os}: build faceid-capi and take the library from target/release"
            )
            .into()),
        }
    }
}

fn filled(template: &str, version: &str) -> Result<String> {
    let text = template.replace("@VERSION@", version).replace("@REPOSITORY@", env!("CARGO_PKG_REPOSITORY"));
    if text.contains('@') {
        return Err(format!("faceid.pc.in holds a name that nothing fills in:\n{text}").into());
    }
    Ok(text)
}

/// A library that a program has open must not be written into: the old file is taken away first.
fn install(from: &Path, to: &PathBuf) -> Result {
    fs::create_dir_all(to.parent().ok_or("a file is installed into a folder")?)?;
    let _ = fs::remove_file(to);
    fs::copy(from, to).map_err(|error| format!("{} to {}: {error}", from.display(), to.display()))?;
    Ok(())
}

#[cfg(unix)]
fn symlink(to: &str, link: &Path) -> Result {
    let _ = fs::remove_file(link);
    Ok(std::os::unix::fs::symlink(to, link)?)
}

#[cfg(not(unix))]
fn symlink(_: &str, _: &Path) -> Result {
    Err("links are made on Unix only".into())
}

#[cfg(test)]
mod tests {
    use super::{ABI, Shared, filled};

    #[test]
    fn names() {
        let cases = [
            ("linux", Some(["libfaceid.so", "libfaceid.so.1.2.3", "libfaceid.so.0", "libfaceid.so"])),
            (
                "macos",
                Some(["libfaceid.dylib", "libfaceid.1.2.3.dylib", "libfaceid.0.dylib", "libfaceid.dylib"]),
            ),
            ("windows", None),
        ];
        for (os, expected) in cases {
            let names = Shared::of(os, "1.2.3").ok();
            let names = names.as_ref().map(|it| [it.built, &it.installed, &it.links[0], &it.links[1]]);
            assert_eq!(names, expected, "{os}");
        }
    }

    #[test]
    fn abi_is_that_of_the_library() {
        let build = include_str!("../../crates/faceid-capi/build.rs");
        assert!(build.contains(&format!("const ABI: u32 = {ABI};")));
    }

    #[test]
    fn templates() {
        let cases = [("Version: @VERSION@", Some("Version: 1.2.3")), ("@PREFIX@", None)];
        for (template, text) in cases {
            assert_eq!(filled(template, "1.2.3").ok().as_deref(), text);
        }
    }
}
