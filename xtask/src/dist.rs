//! `cargo xtask dist`: what a version consists of, in target/dist. With `--prefix DIR`, the C library alone, where a C
//! program looks for it.

mod archive;
mod glibc;
mod others;
mod sums;
mod wheel;

use std::{
    env::consts,
    fs,
    path::{Path, PathBuf},
};

use crate::{
    Result, npm, release,
    tools::{Tools, pinned},
    workspace::Metadata,
};

pub(crate) use others::{LICENCES, licences, write_licences};
pub(crate) use sums::NAMESPACE;

const CAPI: &str = "crates/faceid-capi";

/// The number in the name by which programs find the shared library: the one in the crate's build.rs.
const ABI: u32 = 0;

/// Where users are, and whether this machine is such a one. What it does not build, the release workflow's matrix does.
const PLATFORMS: [(&str, bool); 6] = [
    ("x86-64 Linux", cfg!(all(target_os = "linux", target_env = "gnu", target_arch = "x86_64"))),
    ("aarch64 Linux", cfg!(all(target_os = "linux", target_env = "gnu", target_arch = "aarch64"))),
    ("musl", cfg!(target_env = "musl")),
    ("aarch64 macOS", cfg!(all(target_os = "macos", target_arch = "aarch64"))),
    ("x86-64 macOS", cfg!(all(target_os = "macos", target_arch = "x86_64"))),
    ("Windows", cfg!(windows)),
];

/// An artefact's name, and its SHA-256 in hex digits.
pub(crate) type Artefact = (String, String);

/// Commands that tell whether a program is there that everything takes, and what brings it on Debian.
const PROGRAMS: [(&str, &str); 4] = [
    ("python3 -m ensurepip --version", "python3 python3-venv"),
    ("node --version", "nodejs"),
    ("npm --version", "npm"),
    ("readelf --version", "binutils"),
];

/// Fails where one of them is missing. The last reads what only a glibc has.
pub(crate) fn has_programs(tools: &Tools) -> Result {
    let programs = &PROGRAMS[..PROGRAMS.len() - usize::from(!glibc::IS_HERE)];
    tools.missing(programs).map_or(Ok(()), |missing| Err(missing.into()))
}

/// Builds everything that this machine can.
pub(crate) fn everything(tools: &Tools, key: Option<&Path>) -> Result<Vec<Artefact>> {
    // Before minutes of building, and what is signed is to be a revision's.
    release::clean(tools)?;
    has_programs(tools)?;
    if let Some(key) = key.filter(|key| !key.is_file()) {
        return Err(format!("there is no key {}", key.display()).into());
    }
    let out = empty(tools)?;
    let building = pinned::with_dist_tools(building(tools)?)?;
    crates(tools, &out)?;
    let built = built(&building)?;
    archives(&building, &built, &out)?;
    wheel::build(&building, &out)?;
    let tarball = npm::pack(&building, &built)?;
    fs::copy(&tarball, out.join(tarball.file_name().ok_or("a tarball has a name")?))?;
    fs::write(out.join("faceid.cdx.json"), others::bill(tools)?)?;
    fs::write(out.join(LICENCES), licences(tools, None)?)?;
    let sums = sums::write(&out)?;
    match key {
        Some(key) => sums::sign(tools, &out, key)?,
        None => println!("dist: SHA256SUMS is not signed: give --key"),
    }
    for (name, sum) in &sums {
        println!("dist: {sum}  {name}");
    }
    let elsewhere = PLATFORMS.iter().filter(|(_, here)| !here).map(|(name, _)| *name).collect::<Vec<_>>();
    println!("dist: not built here: {}", elsewhere.join(", "));
    Ok(sums)
}

/// Builds and packs the program alone, for a target that has no layout for the rest: on Windows the C library is in it.
pub(crate) fn program(tools: &Tools, target: &str) -> Result {
    release::clean(tools)?;
    let out = empty(tools)?;
    let building = building(tools)?;
    let cargo = building.command("cargo build --locked --release --package faceid-cli --target").arg(target);
    let library: &[&str] = if target.contains("windows") { &["--package", "faceid-capi"] } else { &[] };
    cargo.args(library).run()?;
    let built = Metadata::of_members(&building)?.target_directory.join(target).join("release");
    pack_program(&building, &built, target, &out)?;
    sums::write(&out)?;
    println!("dist: the program for {target} is in {}", out.display());
    Ok(())
}

/// The folder for what is built, with nothing in it.
fn empty(tools: &Tools) -> Result<PathBuf> {
    let out = Metadata::of_members(tools)?.target_directory.join("dist");
    let _ = fs::remove_dir_all(&out);
    fs::create_dir_all(&out)?;
    Ok(out)
}

/// `tools` that build the same bytes from one revision in any folder and at any time, apart from other builds: their
/// flags differ, and would have everything built again.
fn building(tools: &Tools) -> Result<Tools> {
    let target = Metadata::of_members(tools)?.target_directory.join("dist-build");
    let building = tools.clone().with("CARGO_ENCODED_RUSTFLAGS", remapped(tools, &target));
    Ok(building
        .with("SOURCE_DATE_EPOCH", archive::epoch(tools)?.to_string())
        .with("CARGO_TARGET_DIR", target))
}

/// Packs the `.crate` files.
fn crates(tools: &Tools, out: &Path) -> Result {
    let metadata = Metadata::of_members(tools)?;
    let mut package = tools.command("cargo package --quiet --locked --offline --no-verify");
    let published = metadata.in_publish_order()?;
    for krate in &published {
        package = package.args(["--package", &krate.name]);
    }
    package.run()?;
    for krate in &published {
        let archive = release::archive(&metadata, krate);
        fs::copy(&archive, out.join(archive.file_name().ok_or("an archive has a name")?))?;
    }
    Ok(())
}

/// Builds the C library, the program and Node's module, and returns the folder that has them.
fn built(tools: &Tools) -> Result<PathBuf> {
    let host = host(tools)?;
    let cargo = tools.command(if glibc::IS_HERE { "cargo zigbuild" } else { "cargo build" });
    let packages = ["--package", "faceid-capi", "--package", "faceid-cli", "--package", "faceid-node"];
    let target = format!("{host}{}", glibc::SUFFIX);
    cargo.args(["--locked", "--release", "--target", &target]).args(packages).run()?;
    let built = Metadata::of_members(tools)?.target_directory.join(host).join("release");
    for file in ["libfaceid.so", "libfaceid_node.so", "faceid"] {
        glibc::check(tools, &built.join(file), file)?;
    }
    Ok(built)
}

/// Packs the C library and the program that are in `built`.
fn archives(tools: &Tools, built: &Path, out: &Path) -> Result {
    let metadata = Metadata::of_members(tools)?;
    let host = host(tools)?;
    let version = &metadata.package("faceid-capi")?.version;
    let library = metadata.target_directory.join("stage").join(format!("faceid-c-{version}-{host}"));
    let _ = fs::remove_dir_all(&library);
    install_library(tools, built, version, &library)?;
    documents(tools, CAPI, &library)?;
    archive::pack(&library, &out.join(format!("faceid-c-{version}-{host}.tar.gz")), archive::epoch(tools)?)?;
    pack_program(tools, built, &host, out)
}

/// Packs the program that is in `built`, and the C library of Windows if that is there.
fn pack_program(tools: &Tools, built: &Path, target: &str, out: &Path) -> Result {
    let metadata = Metadata::of_members(tools)?;
    let name = format!("faceid-{}-{target}", metadata.package("faceid-cli")?.version);
    let folder = metadata.target_directory.join("stage").join(&name);
    let _ = fs::remove_dir_all(&folder);
    let program = folder.join("bin").join(format!("faceid{}", consts::EXE_SUFFIX));
    install(&built.join(format!("faceid{}", consts::EXE_SUFFIX)), &program)?;
    if built.join("faceid.dll").exists() {
        for file in ["faceid.dll", "faceid.dll.lib", "faceid.lib"] {
            install(&built.join(file), &folder.join("lib").join(file))?;
        }
        install(&tools.path(CAPI).join("include/faceid.h"), &folder.join("include/faceid.h"))?;
    }
    pages(tools, &program, &folder.join("share"))?;
    documents(tools, "crates/faceid-cli", &folder)?;
    archive::pack(&folder, &out.join(format!("{name}.tar.gz")), archive::epoch(tools)?)
}

/// Paths of this machine are no part of what is built: neither the workspace's, nor cargo's, nor the toolchain's.
fn remapped(tools: &Tools, target: &Path) -> String {
    let home = |name: &str, folder: &str| {
        let given = std::env::var(name).map(PathBuf::from);
        given.unwrap_or_else(|_| PathBuf::from(std::env::var("HOME").unwrap_or_default()).join(folder))
    };
    let folders = [
        (tools.path(""), "/faceid"),
        (target.to_owned(), "/target"),
        (home("CARGO_HOME", ".cargo"), "/cargo"),
        (home("RUSTUP_HOME", ".rustup"), "/rustup"),
    ];
    let flags = folders.map(|(from, to)| {
        let from = from.display().to_string();
        format!("--remap-path-prefix={}={to}", from.trim_end_matches('/'))
    });
    flags.join("\u{1f}")
}

fn host(tools: &Tools) -> Result<String> {
    let said = tools.command("rustc -vV").quiet().read()?;
    let host = said.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.ok_or("rustc does not name its host")?.to_owned())
}

/// What is to be read, and the licences of what the crate has built in.
fn documents(tools: &Tools, krate: &str, to: &Path) -> Result {
    for file in ["README.md", "LICENSE-MIT", "LICENSE-APACHE"] {
        install(&tools.path(krate).join(file), &to.join(file))?;
    }
    write_licences(tools, krate, to)
}

/// Man pages and completions, which the program writes itself.
pub(crate) fn pages(tools: &Tools, program: &Path, share: &Path) -> Result {
    tools.command("env").arg(program).args(["--quiet", "man"]).arg(share.join("man/man1")).quiet().run()?;
    for (shell, file) in [
        ("bash", "bash-completion/completions/faceid"),
        ("zsh", "zsh/site-functions/_faceid"),
        ("fish", "fish/vendor_completions.d/faceid.fish"),
    ] {
        let script = tools.command("env").arg(program).args(["completions", shell]).quiet().output()?;
        let file = share.join(file);
        fs::create_dir_all(file.parent().ok_or("a file is in a folder")?)?;
        fs::write(file, script.stdout)?;
    }
    Ok(())
}

/// Builds the C library and installs header, libraries and the file for pkg-config below `prefix`.
pub(crate) fn run(prefix: &Path) -> Result {
    // Tools run in the workspace's root, a path given by the caller is relative to where that is.
    let prefix = std::path::absolute(prefix)?;
    let tools = Tools::new()?;
    let metadata = Metadata::of_members(&tools)?;
    let version = &metadata.package("faceid-capi")?.version;
    // Before minutes of building.
    Shared::of(consts::OS, version)?;
    tools.command("cargo build --locked --release --package faceid-capi").run()?;
    install_library(&tools, &metadata.target_directory.join("release"), version, &prefix)?;
    println!("dist: faceid {version} is in {}", prefix.display());
    Ok(())
}

/// Installs what is in `built` below `prefix`.
fn install_library(tools: &Tools, built: &Path, version: &str, prefix: &Path) -> Result {
    let shared = Shared::of(consts::OS, version)?;
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
    Ok(fs::write(folder.join("faceid.pc"), filled(&template, version)?)?)
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
    use std::fs::{self, File};

    use super::{ABI, Shared, filled, pack_program};
    use crate::{tools::Tools, workspace::Metadata};

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

    /// With a program that writes its pages, and the C library beside it, as on Windows.
    #[test]
    fn archive_of_a_program() {
        let tools = Tools::new().unwrap();
        let metadata = Metadata::of_members(&tools).unwrap();
        let built = metadata.target_directory.join("xtask-tests/program");
        let _ = fs::remove_dir_all(&built);
        fs::create_dir_all(&built).unwrap();
        let script = "#!/bin/sh\n[ \"$2\" != man ] || { mkdir -p \"$3\" && echo page > \"$3/faceid.1\"; }\n";
        fs::write(built.join("faceid"), script).unwrap();
        tools.command("chmod +x").arg(built.join("faceid")).quiet().run().unwrap();
        let name = format!("faceid-{}-target", metadata.package("faceid-cli").unwrap().version);
        let always = [
            "LICENSE-APACHE",
            "LICENSE-MIT",
            "README.md",
            "THIRD-PARTY-LICENCES.txt",
            "bin/faceid",
            "share/bash-completion/completions/faceid",
            "share/fish/vendor_completions.d/faceid.fish",
            "share/man/man1/faceid.1",
            "share/zsh/site-functions/_faceid",
        ];
        let library = ["include/faceid.h", "lib/faceid.dll", "lib/faceid.dll.lib", "lib/faceid.lib"];
        for more in [&[][..], &library] {
            for file in more.iter().filter_map(|file| file.strip_prefix("lib/")) {
                fs::write(built.join(file), "").unwrap();
            }
            pack_program(&tools, &built, "target", &built).unwrap();
            let file = File::open(built.join(format!("{name}.tar.gz"))).unwrap();
            let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(file));
            let paths = archive.entries().unwrap().map(|entry| entry.unwrap().path().unwrap().into_owned());
            let mut expected = [&always[..], more].concat();
            expected.sort_unstable();
            let expected = expected.iter().map(|file| std::path::Path::new(&name).join(file));
            assert_eq!(paths.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
        }
    }
}
