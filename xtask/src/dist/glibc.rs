//! What is built for Linux starts on old systems too: with glibc 2.17 or later.
//!
//! zig links it, as it has the symbol versions of old releases of glibc; what came out is read and checked.

use std::{fs, path::Path};

use crate::{Result, tools::Tools};

/// Whether this machine has a glibc to build for.
pub(super) const IS_HERE: bool = cfg!(all(target_os = "linux", target_env = "gnu"));

/// The newest that anything may need.
const NEWEST: (u32, u32) = (2, 17);

/// As part of a target's name, to zig.
pub(super) const SUFFIX: &str = if IS_HERE { ".2.17" } else { "" };

/// Checks a file, or what is below a folder, and tells what `name` needs.
pub(super) fn check(tools: &Tools, path: &Path, name: &str) -> Result {
    if !IS_HERE {
        return Ok(());
    }
    let find = tools.command("find").arg(path).args(["-type", "f"]).quiet().read()?;
    let mut newest = (0, 0);
    for file in find.lines() {
        if fs::read(file)?.starts_with(b"\x7fELF") {
            let symbols = tools.command("readelf --version-info --wide").arg(file).quiet().read()?;
            newest = newest.max(newest_in(&symbols));
        }
    }
    println!("dist: {}", judged(name, newest)?);
    Ok(())
}

/// What is said of it, as an error where it is too new, or where nothing was found to read.
fn judged(name: &str, newest: (u32, u32)) -> Result<String> {
    let needs = format!("{name} needs glibc {}.{}", newest.0, newest.1);
    match newest {
        (0, 0) => Err(format!("{name} holds nothing that asks for glibc").into()),
        newest if newest > NEWEST => Err(format!("{needs}, above {}.{}", NEWEST.0, NEWEST.1).into()),
        _ => Ok(needs),
    }
}

/// In what readelf prints of the versions that symbols are wanted in.
fn newest_in(symbols: &str) -> (u32, u32) {
    let versions = symbols.split("GLIBC_").skip(1).filter_map(|text| {
        let end = text.find(|char: char| !char.is_ascii_digit() && char != '.').unwrap_or(text.len());
        let mut numbers = text[..end].split('.').map(|number| number.parse().ok());
        Some((numbers.next()??, numbers.next()??))
    });
    versions.max().unwrap_or((0, 0))
}

#[cfg(test)]
mod tests {
    use super::{IS_HERE, NEWEST, SUFFIX, judged, newest_in};

    #[test]
    fn symbol_versions() {
        let cases = [
            ("Name: GLIBC_2.2.5  Flags: none\nName: GLIBC_2.17  Flags", (2, 17)),
            ("Name: GLIBC_2.9\nName: GLIBC_2.34\n", (2, 34)),
            ("Name: GLIBC_PRIVATE", (0, 0)),
            ("", (0, 0)),
        ];
        for (symbols, newest) in cases {
            assert_eq!(newest_in(symbols), newest, "{symbols}");
        }
    }

    #[test]
    fn too_new() {
        let cases = [
            ((2, 17), Ok("it needs glibc 2.17")),
            ((2, 4), Ok("it needs glibc 2.4")),
            ((2, 18), Err("it needs glibc 2.18, above 2.17")),
            ((3, 0), Err("it needs glibc 3.0, above 2.17")),
            ((0, 0), Err("it holds nothing that asks for glibc")),
        ];
        for (newest, expected) in cases {
            let said = judged("it", newest).map_err(|error| error.to_string());
            assert_eq!(said.as_deref().map_err(String::as_str), expected);
        }
    }

    #[test]
    fn what_zig_is_told() {
        assert_eq!(SUFFIX, if IS_HERE { format!(".{}.{}", NEWEST.0, NEWEST.1) } else { String::new() });
    }
}
