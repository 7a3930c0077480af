//! The npm package as its users have it: packed, installed into a fresh folder, tested there, its README's lines run.

use std::{fs, path::Path};

use xshell::Cmd;

use super::{Outcome, readme::Readme, sandbox::Sandbox};
use crate::{Result, npm, npm::CRATE, tools::Tools, workspace::Metadata};

pub(super) fn run(tools: &Tools) -> Result<Outcome> {
    if let Some(missing) = tools.missing(&[("node --version", "nodejs"), ("npm --version", "npm")]) {
        return Ok(Outcome::LeftOut(missing));
    }

    let tarball = npm::run(tools)?;
    let folder = Metadata::of_members(tools)?.target_directory.join("npm/installed");
    readme(tools, &folder, &tarball)?;

    for from in ["tests", "benches"] {
        for entry in fs::read_dir(tools.path(CRATE).join(from))? {
            let entry = entry?;
            fs::copy(entry.path(), folder.join(entry.file_name()))?;
        }
    }
    let tests = inside(tools, &folder, "node --test *.test.mjs");
    let tests = tests.env("FACEID_TEST_VECTORS", tools.path("crates/faceid-sign/tests/vectors.json"));
    let tests = tests.env("FACEID_TEST_HEADER", tools.path("crates/faceid-capi/include/faceid.h"));
    tests.env("FACEID_TEST_TYPES", tools.path(CRATE).join("index.d.ts")).run()?;
    types(tools, &folder)?;
    // For its own check that both make the same sign; what it measures is not judged here.
    inside(tools, &folder, "node sign.mjs").run()?;
    Ok(Outcome::Passed)
}

/// What the README's first program says that it prints.
const SLIP: &str = "quoted the sign is in quotation marks: take them off\n";

/// What it installs stays there for the tests.
fn readme(tools: &Tools, folder: &Path, tarball: &Path) -> Result {
    let sandbox = Sandbox::start(tools)?;
    let readme = Readme {
        krate: CRATE,
        install: "npm install @faceid/sign\n",
        stand_ins: &[
            // Without a manifest npm looks for a project in the folders above.
            ("npm install @faceid/sign", "echo {} > package.json; npm install \"$TARBALL\""),
            ("https://api.megvii.com", &sandbox.url),
        ],
        environment: &[
            ("TARBALL", tarball.as_os_str()),
            ("npm_config_audit", "false".as_ref()),
            ("npm_config_fund", "false".as_ref()),
            ("npm_config_update_notifier", "false".as_ref()),
            ("FACEID_API_KEY", sandbox.key.as_ref()),
            ("FACEID_API_SECRET", sandbox.secret.as_ref()),
        ],
    };
    let said = readme.run(tools, folder)?;
    sandbox.stop()?;
    if said.contains(SLIP) { Ok(()) } else { Err(format!("the README does not show {SLIP}: {said}").into()) }
}

/// A program in TypeScript, compiled strictly and run.
fn types(tools: &Tools, folder: &Path) -> Result {
    let own = tools.path(CRATE);
    let compiler = own.join("node_modules/typescript/lib/tsc.js");
    if !compiler.is_file() {
        tools.command("npm ci --ignore-scripts --no-audit --no-fund --prefix").arg(&own).run()?;
    }
    let line = "node \"$TSC\" --strict --target es2022 --module nodenext --typeRoots \"$TYPES\" --types node types.ts";
    let compile = inside(tools, folder, &format!("{line}; node types.js"));
    Ok(compile.env("TSC", compiler).env("TYPES", own.join("node_modules/@types")).run()?)
}

/// Lines for a shell, in the folder where the package is installed.
fn inside<'a>(tools: &'a Tools, folder: &Path, lines: &str) -> Cmd<'a> {
    tools.command("sh -eu -c").arg(format!("cd \"$FOLDER\"\n{lines}")).env("FOLDER", folder).quiet()
}
