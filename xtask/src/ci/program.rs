//! The program `faceid`: without its feature, which no other step builds tests for; and installed as its README says,
//! down to a `biz_token` of the sandbox.

use std::{env, fs};

use super::{Outcome, readme::Readme, sandbox::Sandbox};
use crate::{Result, tools::Tools, workspace::Metadata};

pub(super) fn run(tools: &Tools) -> Result<Outcome> {
    tools.command("cargo test --package faceid-cli --no-default-features --test without_sandbox").run()?;
    readme(tools)?;
    Ok(Outcome::Passed)
}

fn readme(tools: &Tools) -> Result {
    let folder = Metadata::of_members(tools)?.target_directory.join("program");
    fs::create_dir_all(&folder)?;
    let secret = folder.join("secret");
    let sandbox = Sandbox::start(tools)?;
    fs::write(&secret, format!("{}\n", sandbox.secret))?;
    let path = format!("{}:{}", folder.join("bin").display(), env::var("PATH")?);
    let readme = Readme {
        krate: "crates/faceid-cli",
        install: "cargo install faceid-cli --locked\n",
        stand_ins: &[
            // With the libraries that the tests built.
            (
                "cargo install faceid-cli --locked",
                "cargo install --quiet --debug --locked --path \"$ROOT/crates/faceid-cli\" --root \"$PREFIX\"",
            ),
            ("FACEID_REGION=singapore", &format!("FACEID_BASE_URL={}", sandbox.url)),
            ("your-api-key", &sandbox.key),
            ("/run/secrets/faceid_secret", &secret.to_string_lossy()),
        ],
        environment: &[("PATH", path.as_ref()), ("PREFIX", folder.as_os_str())],
    };
    readme.run(tools, &folder.join("readme"))?;
    sandbox.stop()
}
