//! `cargo xtask codegen`: files in git that are written from others, or the check that they are up to date.

use std::fs;

use crate::{Result, release, tools::Tools};

const CAPI: &str = "crates/faceid-capi";

/// Writes the C header, the error table of the README and its like; with `check` it writes nothing, and fails if one
/// is not what would be written.
pub(crate) fn run(tools: &Tools, check: bool) -> Result {
    write_header(tools, check)
}

/// Writes the C header, which holds the version.
pub(crate) fn header(tools: &Tools) -> Result {
    write_header(tools, false)
}

fn write_header(tools: &Tools, check: bool) -> Result {
    let file = format!("{CAPI}/include/faceid.h");
    let path = tools.path(&file);
    let written = c_header(tools)?;
    // Git may have checked it out with other line ends.
    let found = fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    if found == written {
        println!("codegen: {file} is up to date");
    } else if check {
        return Err(format!("{file} is not what its sources give: run cargo xtask codegen").into());
    } else {
        fs::write(path, written)?;
        println!("codegen: {file} written");
    }
    Ok(())
}

/// cbindgen is a library here, so that Cargo.lock pins it and `cargo fetch` brings it: no step downloads a program.
fn c_header(tools: &Tools) -> Result<String> {
    let config = cbindgen::Config::from_file(tools.path(CAPI).join("cbindgen.toml"))?;
    // The file and the modules it names. Given the crate, it would start cargo by itself and not by `Tools`.
    let version = format!("\n#define FACEID_VERSION \"{}\"", release::version(tools)?);
    let builder = cbindgen::Builder::new()
        .with_config(config)
        .with_after_include(version)
        .with_src(tools.path(CAPI).join("src/lib.rs"));
    let mut header = Vec::new();
    builder.generate()?.write(&mut header);
    Ok(String::from_utf8(header)?)
}
