//! Programs of others, each at one version. They are installed below the target folder, once.
//!
//! Building one takes minutes: CI's steps need `cargo-deny` alone.
//!
//! Others are pinned where the program that takes them reads it: `crates/faceid-python/requirements.txt`,
//! `crates/faceid-node/package-lock.json`, and the actions in `.github/workflows`. A range alone has `pyproject.toml`, as
//! whoever builds our source distribution takes a maturin of theirs. Not pinned are Rust, what `.ci/run` and the workflows
//! have from apt, and what a maintainer uploads with: gh, npm and twine.

use std::{fs, path::PathBuf};

use super::Tools;
use crate::{Result, workspace::Metadata};

/// A program from cargo's registry.
pub(crate) struct CargoTool {
    name: &'static str,
    version: &'static str,
    /// How it is built: `dev` where optimising it takes longer than it saves.
    profile: &'static str,
}

pub(crate) const SEMVER_CHECKS: CargoTool =
    CargoTool { name: "cargo-semver-checks", version: "0.51.0", profile: "release" };
pub(crate) const DENY: CargoTool = CargoTool { name: "cargo-deny", version: "0.20.2", profile: "dev" };
pub(crate) const LLVM_COV: CargoTool = CargoTool { name: "cargo-llvm-cov", version: "0.9.1", profile: "dev" };
pub(crate) const MUTANTS: CargoTool = CargoTool { name: "cargo-mutants", version: "27.1.0", profile: "dev" };

/// From Python's registry: what builds wheels.
pub(crate) const MATURIN: &str = "maturin==1.16.0";

/// What checks our Python package, each at one version.
pub(crate) const PYTHON_CHECKS: &str = "crates/faceid-python/requirements.txt";

/// maturin, and the linker that knows old versions of glibc, for wheels and for what cargo builds.
const DIST_TOOLS: [&str; 3] = [MATURIN, "ziglang==0.17.1", "cargo-zigbuild==0.24.0"];

/// The path of a program, which is built if it is not there.
pub(crate) fn cargo_tool(tool: &CargoTool) -> Result<PathBuf> {
    let CargoTool { name, version, profile } = tool;
    let root = folder()?.join(format!("{name}-{version}"));
    let program = root.join("bin").join(name).with_extension(std::env::consts::EXE_EXTENSION);
    if !program.is_file() {
        println!("tools: building {name} {version}, once; it takes minutes");
        let install = Tools::new()?.online();
        let install = install.command("cargo install --locked --version").args([version, name]);
        let install = install.args(["--profile", profile, "--root"]).arg(&root);
        // Its build is of no use afterwards, so it does not go into the target folder.
        let install = install.env_remove("CARGO_TARGET_DIR").env_remove("CARGO_NET_OFFLINE");
        install.env("CARGO_PROFILE_DEV_DEBUG", "none").run()?;
    }
    Ok(program)
}

/// `tools` that find maturin, zig and cargo-zigbuild.
pub(crate) fn with_dist_tools(tools: Tools) -> Result<Tools> {
    let root = folder()?.join(DIST_TOOLS.join("-").replace("==", "-"));
    let programs = root.join("bin");
    // Written last: what was broken off is installed again.
    let installed = root.join("installed");
    if !installed.is_file() {
        println!("tools: installing {}, once", DIST_TOOLS.join(", "));
        let install = Tools::new()?.online();
        install.command("python3 -m venv --clear").arg(&root).run()?;
        let pip = install.command("env").arg(programs.join("python"));
        pip.args(["-m", "pip", "install", "--quiet"]).args(DIST_TOOLS).run()?;
        fs::write(installed, "")?;
    }
    let path = format!("{}:{}", programs.display(), std::env::var("PATH")?);
    Ok(tools.with("PATH", path).with("VIRTUAL_ENV", root))
}

/// The folder of wheels from which pip installs what builds and checks our Python package, and reaches no registry.
pub(crate) fn wheelhouse() -> Result<PathBuf> {
    let tools = Tools::new()?.online();
    let requirements = tools.path(PYTHON_CHECKS);
    let wanted = format!("{MATURIN}\n{}", fs::read_to_string(&requirements)?);
    let wheels = folder()?.join("wheels");
    // Written last: what was broken off is fetched again.
    let fetched = wheels.join("fetched");
    if fs::read_to_string(&fetched).is_ok_and(|fetched| fetched == wanted) {
        return Ok(wheels);
    }
    println!("tools: fetching {MATURIN} and {PYTHON_CHECKS}, once");
    let environment = wheels.join("venv");
    tools.command("python3 -m venv --clear").arg(&environment).run()?;
    let pip = tools.command("env").arg(environment.join("bin/python"));
    let fetch = pip.args(["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--dest"]);
    fetch.arg(&wheels).args([MATURIN, "--requirement"]).arg(requirements).run()?;
    fs::write(fetched, wanted)?;
    Ok(wheels)
}

/// One for all clones: the target folder of the workspace that this program is part of.
fn folder() -> Result<PathBuf> {
    let folder = Metadata::of_members(&Tools::new()?)?.target_directory.join("tools");
    fs::create_dir_all(&folder)?;
    Ok(folder)
}
