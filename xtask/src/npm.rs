//! `cargo xtask npm`: the package for npm, with the module of this machine's platform in it.

use std::{
    env::consts,
    fs,
    path::{Path, PathBuf},
};

use crate::{Result, dist, tools::Tools, workspace::Metadata};

pub(crate) const CRATE: &str = "crates/faceid-node";

const FILES: [&str; 8] = [
    "package.json",
    "README.md",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "index.js",
    "index.d.ts",
    "native.js",
    "cli.js",
];

/// Builds and packs it, and tells where the tarball is.
pub(crate) fn run(tools: &Tools) -> Result<PathBuf> {
    tools.command("cargo build --locked --release --package faceid-node").run()?;
    pack(tools, &Metadata::of_members(tools)?.target_directory.join("release"))
}

/// Packs it with the module that is in `built`, and tells where the tarball is.
pub(crate) fn pack(tools: &Tools, built: &Path) -> Result<PathBuf> {
    let metadata = Metadata::of_members(tools)?;
    let version = &metadata.package("faceid-node")?.version;
    let manifest = fs::read_to_string(tools.path(CRATE).join("package.json"))?;
    if !manifest.contains(&format!("\"version\": \"{version}\"")) {
        return Err(format!("{CRATE}/package.json has another version than {version}").into());
    }

    let folder = metadata.target_directory.join("npm");
    let package = folder.join("package");
    // What an earlier run left there would be packed too.
    let _ = fs::remove_dir_all(&package);
    fs::create_dir_all(&package)?;
    for file in FILES {
        fs::copy(tools.path(CRATE).join(file), package.join(file))?;
    }
    dist::write_licences(tools, CRATE, &package)?;
    let platform = tools.command("node -p process.platform+'-'+process.arch").quiet().read()?;
    let library = format!("{}faceid_node{}", consts::DLL_PREFIX, consts::DLL_SUFFIX);
    let module = package.join(format!("faceid-sign.{platform}{}.node", c_library()));
    fs::copy(built.join(library), module)?;

    let pack = tools.command("npm pack --loglevel error --pack-destination").arg(&folder).arg(&package);
    pack.quiet().ignore_stdout().run()?;
    let tarball = folder.join(format!("faceid-sign-{version}.tgz"));
    if !tarball.is_file() {
        return Err(format!("npm did not make {}", tarball.display()).into());
    }
    Ok(tarball)
}

/// Which C library the module needs, where there is more than one to choose from.
const fn c_library() -> &'static str {
    if cfg!(target_env = "musl") {
        "-musl"
    } else if cfg!(all(target_os = "linux", target_env = "gnu")) {
        "-gnu"
    } else {
        ""
    }
}
