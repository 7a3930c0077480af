//! Programs of others, each at one version. They are installed below the target folder, once.
//!
//! Building one takes minutes: CI's steps need `cargo-deny` alone.

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

/// The same, and the linker that knows old versions of glibc.
pub(crate) const WHEEL_TOOLS: [&str; 2] = [MATURIN, "ziglang==0.17.1"];

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

/// The folder of programs of a Python environment that has the wheel tools.
pub(crate) fn wheel_tools() -> Result<PathBuf> {
    let root = folder()?.join(WHEEL_TOOLS.join("-").replace("==", "-"));
    let programs = root.join("bin");
    if !programs.join("maturin").is_file() {
        println!("tools: installing {}, once", WHEEL_TOOLS.join(" and "));
        let install = Tools::new()?.online();
        install.command("python3 -m venv --clear").arg(&root).run()?;
        let pip = programs.join("python");
        let pip = install.command("env").arg(pip).args(["-m", "pip", "install", "--quiet"]);
        pip.args(WHEEL_TOOLS).run()?;
    }
    Ok(programs)
}

/// The folder of wheels with which pip builds our source distribution where it reaches no registry.
pub(crate) fn wheelhouse() -> Result<PathBuf> {
    let wheels = folder()?.join(format!("{}-wheels", MATURIN.replace("==", "-")));
    if !fs::read_dir(&wheels).is_ok_and(|mut files| files.next().is_some()) {
        println!("tools: fetching {MATURIN}, once");
        let pip = wheel_tools()?.join("python");
        let fetch = Tools::new()?.online();
        let fetch = fetch.command("env").arg(pip).args(["-m", "pip", "download", "--quiet", "--dest"]);
        fetch.arg(&wheels).arg(MATURIN).run()?;
    }
    Ok(wheels)
}

/// One for all clones: the target folder of the workspace that this program is part of.
fn folder() -> Result<PathBuf> {
    let folder = Metadata::of_members(&Tools::new()?)?.target_directory.join("tools");
    fs::create_dir_all(&folder)?;
    Ok(folder)
}
