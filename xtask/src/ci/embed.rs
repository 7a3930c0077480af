//! The C library in each language's hands, and its README, down to a `biz_token` of the sandbox.

use super::{Outcome, readme::Readme, sandbox::Sandbox};
use crate::{Result, tools::Tools, workspace::Metadata};

pub(super) fn run(tools: &Tools) -> Result<Outcome> {
    let mut missing = crate::embed::run(tools)?;
    if ["curl", "cc", "pkg-config"].iter().all(|program| tools.has(program)) {
        readme(tools)?;
    } else {
        missing.push("the README's lines (Debian: curl gcc libc6-dev pkg-config)".to_owned());
    }
    if missing.is_empty() {
        return Ok(Outcome::Passed);
    }
    Ok(Outcome::LeftOut(format!("not installed: {}", missing.join(", "))))
}

fn readme(tools: &Tools) -> Result {
    let folder = Metadata::of_members(tools)?.target_directory.join("embed");
    let prefix = folder.join("readme-prefix");
    let sandbox = Sandbox::start(tools)?;
    let readme = Readme {
        krate: "crates/faceid-capi",
        install: "git clone https://github.com/faceid-rs/faceid\n",
        stand_ins: &[
            ("git clone https://github.com/faceid-rs/faceid", "ln -sfn \"$ROOT\" faceid"),
            ("$HOME/.local", "$PREFIX"),
            ("https://api.megvii.com", &sandbox.url),
        ],
        environment: &[
            ("PREFIX", prefix.as_os_str()),
            ("FACEID_API_KEY", sandbox.key.as_ref()),
            ("FACEID_API_SECRET", sandbox.secret.as_ref()),
        ],
    };
    readme.run(tools, &folder.join("readme"))?;
    sandbox.stop()
}
