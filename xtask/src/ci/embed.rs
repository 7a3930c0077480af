//! The C library in each language's hands, and the lines of its README, down to a `biz_token` of the sandbox.

use std::fs;

use super::{Outcome, sandbox::Sandbox};
use crate::{Result, tools::Tools, workspace::Metadata};

const README: &str = "crates/faceid-capi/README.md";
const SERVICE: &str = "https://api.megvii.com";

pub(super) fn run(tools: &Tools) -> Result<Outcome> {
    let mut missing = crate::embed::run(tools)?;
    if tools.has("curl") && tools.has("cc") && tools.has("pkg-config") {
        readme(tools)?;
        println!("   README: a biz_token");
    } else {
        missing.push("the README's lines (Debian: curl gcc libc6-dev pkg-config)".to_owned());
    }
    if missing.is_empty() {
        return Ok(Outcome::Passed);
    }
    Ok(Outcome::LeftOut(format!("not installed: {}", missing.join(", "))))
}

/// Its program is built in both ways that it names, and each asks for a token.
fn readme(tools: &Tools) -> Result {
    let text = fs::read_to_string(tools.path(README))?;
    let lacks = || format!("{README} lacks a block, or a line of one");
    let (install, rest) = block(&text, "sh").ok_or_else(lacks)?;
    let (program, rest) = block(rest, "c").ok_or_else(lacks)?;
    let (ask, _) = block(rest, "sh").ok_or_else(lacks)?;
    // The embed examples' own prefix; the lines before are how a user makes one.
    let builds = &install[install.find("cc app.c").ok_or_else(lacks)?..];
    let static_at = builds.find("\ncc app.c").ok_or_else(lacks)?;

    let folder = Metadata::of_members(tools)?.target_directory.join("embed");
    let lib = folder.join("prefix/lib");
    fs::write(folder.join("app.c"), program)?;
    tools.command("cargo build --quiet --package examples --example sandbox").run()?;
    let sandbox = Sandbox::start(tools)?;
    for build in [&builds[..static_at], &builds[static_at..]] {
        let lines = format!("cd \"$FOLDER\"\n{build}\n{}", ask.replace(SERVICE, &sandbox.url));
        let shell = tools.command("sh -eu -c").arg(lines).quiet();
        let shell = shell.env("FOLDER", &folder).env("LIVENESS_ID", "any-scene");
        let shell = shell.env("LD_LIBRARY_PATH", &lib).env("PKG_CONFIG_PATH", lib.join("pkgconfig"));
        let shell = shell.env("FACEID_API_KEY", &sandbox.key).env("FACEID_API_SECRET", &sandbox.secret);
        let said = shell.read()?;
        if !said.contains("\"biz_token\"") {
            return Err(format!("{README} does not end in a biz_token: {said}").into());
        }
    }
    sandbox.stop()
}

/// The next block of a language, and what follows it.
fn block<'a>(text: &'a str, language: &str) -> Option<(&'a str, &'a str)> {
    let (_, from) = text.split_once(&format!("\n```{language}\n"))?;
    from.split_once("\n```\n")
}

#[cfg(test)]
mod tests {
    use super::block;

    #[test]
    fn blocks() {
        let text = "a\n```sh\none\n```\nb\n```c\ntwo\n```\n";
        assert_eq!(block(text, "sh"), Some(("one", "b\n```c\ntwo\n```\n")));
        assert_eq!(block(text, "c"), Some(("two", "")));
        assert_eq!(block(text, "js"), None);
    }
}
