//! The test vectors, computed again by a program in another language that shares no code with the signer.

use super::Outcome;
use crate::{Result, tools::Tools};

const PROGRAM: &str = "crates/faceid-sign/tests/vectors.py";

pub(super) fn run(tools: &Tools) -> Result<Outcome> {
    if !tools.path(PROGRAM).is_file() {
        return Err(format!("{PROGRAM} is missing").into());
    }
    if !tools.has("python3") {
        return Ok(Outcome::LeftOut("python3 is not installed".to_owned()));
    }
    tools.command("python3").args([PROGRAM, "--check"]).run()?;
    Ok(Outcome::Passed)
}
