//! The npm package as its users have it: packed, installed into a fresh folder, tested there, its README's lines run.

use std::{fs, path::Path};

use xshell::Cmd;

use super::{Outcome, sandbox::Sandbox};
use crate::{Result, npm, npm::CRATE, tools::Tools, workspace::Metadata};

const SERVICE: &str = "https://api.megvii.com";

pub(super) fn run(tools: &Tools) -> Result<Outcome> {
    let missing = [("node", "nodejs"), ("npm", "npm")].into_iter().filter(|(program, _)| !tools.has(program));
    let missing = missing.map(|(program, package)| format!("{program} (Debian: {package})"));
    let missing = missing.collect::<Vec<_>>().join(", ");
    if !missing.is_empty() {
        return Ok(Outcome::LeftOut(format!("not installed: {missing}")));
    }

    let tarball = npm::run(tools)?;
    let folder = Metadata::of_members(tools)?.target_directory.join("npm/installed");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder)?;
    // Without one npm looks for a project in the folders above.
    fs::write(folder.join("package.json"), "{}")?;

    tools.command("cargo build --quiet --package examples --example sandbox").run()?;
    let sandbox = Sandbox::start(tools)?;
    let readme = fs::read_to_string(tools.path(CRATE).join("README.md"))?;
    let lines = blocks(&readme);
    for (at, (language, text)) in lines.iter().enumerate() {
        let text = text.replace(SERVICE, &sandbox.url);
        let said = if *language == "sh" {
            let text = text.replace("npm install @faceid/sign", "npm install \"$TARBALL\"");
            inside(tools, &folder, &text, &sandbox).env("TARBALL", &tarball).read()?
        } else {
            let kind = if text.contains("require(") { "cjs" } else { "mjs" };
            let file = format!("readme{at}.{kind}");
            fs::write(folder.join(&file), &text)?;
            inside(tools, &folder, &format!("node {file}"), &sandbox).read()?
        };
        if text.contains("biz_token") && !is_a_token(&said) {
            return Err(format!("the README's lines for a biz_token print: {said}").into());
        }
    }
    println!("   README: {} blocks run", lines.len());

    for from in ["tests", "benches"] {
        for entry in fs::read_dir(tools.path(CRATE).join(from))? {
            let entry = entry?;
            fs::copy(entry.path(), folder.join(entry.file_name()))?;
        }
    }
    let tests = inside(tools, &folder, "node --test *.test.mjs", &sandbox);
    // The tests say which key and secret a program sees.
    let tests = tests.env_remove("FACEID_API_KEY").env_remove("FACEID_API_SECRET");
    let tests = tests.env("FACEID_TEST_VECTORS", tools.path("crates/faceid-sign/tests/vectors.json"));
    let tests = tests.env("FACEID_TEST_HEADER", tools.path("crates/faceid-capi/include/faceid.h"));
    tests.env("FACEID_TEST_TYPES", tools.path(CRATE).join("index.d.ts")).run()?;
    types(tools, &folder, &sandbox)?;
    // For its own check that both make the same sign; what it measures is not judged here.
    inside(tools, &folder, "node sign.mjs", &sandbox).run()?;
    sandbox.stop()?;
    Ok(Outcome::Passed)
}

/// A program in TypeScript, compiled strictly and run.
fn types(tools: &Tools, folder: &Path, sandbox: &Sandbox) -> Result {
    let own = tools.path(CRATE);
    let compiler = own.join("node_modules/typescript/lib/tsc.js");
    if !compiler.is_file() {
        tools.command("npm ci --ignore-scripts --no-audit --no-fund --prefix").arg(&own).run()?;
    }
    let line = "node \"$TSC\" --strict --target es2022 --module nodenext --typeRoots \"$TYPES\" --types node types.ts";
    let compile = inside(tools, folder, &format!("{line}; node types.js"), sandbox);
    Ok(compile.env("TSC", compiler).env("TYPES", own.join("node_modules/@types")).run()?)
}

/// Lines for a shell, in the folder where the package is installed.
fn inside<'a>(tools: &'a Tools, folder: &Path, lines: &str, sandbox: &Sandbox) -> Cmd<'a> {
    let shell = tools.command("sh -eu -c").arg(format!("cd \"$FOLDER\"\n{lines}")).quiet();
    let shell = shell.env("FOLDER", folder).env("npm_config_audit", "false").env("npm_config_fund", "false");
    let shell = shell.env("npm_config_update_notifier", "false");
    shell.env("FACEID_API_KEY", &sandbox.key).env("FACEID_API_SECRET", &sandbox.secret)
}

/// The blocks in `sh` and `js`, in order.
fn blocks(readme: &str) -> Vec<(&str, &str)> {
    let fenced = readme.split("\n```").skip(1).step_by(2);
    fenced
        .filter_map(|block| block.split_once('\n'))
        .filter(|(language, _)| ["sh", "js"].contains(language))
        .collect()
}

fn is_a_token(said: &str) -> bool {
    !said.is_empty() && said != "undefined" && said.lines().count() == 1
}

#[cfg(test)]
mod tests {
    use super::{blocks, is_a_token};

    #[test]
    fn blocks_of_a_readme() {
        let readme = "# t\n\n```sh\na\nb\n```\n\ntext\n\n```text\nc\n```\n```js\nd\n```\n";
        assert_eq!(blocks(readme), [("sh", "a\nb"), ("js", "d")]);
    }

    #[test]
    fn tokens() {
        for (said, right) in [("1,a-b", true), ("", false), ("undefined", false), ("a\nb", false)] {
            assert_eq!(is_a_token(said), right, "{said}");
        }
    }
}
