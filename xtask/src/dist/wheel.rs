//! Wheels for glibc 2.17 or later: the signer's module, and the program for those without Rust.
//!
//! zig links them, as it has the symbol versions of old releases of glibc; what came out is read and checked.

use std::{fs, path::Path};

use crate::{
    Result,
    tools::{Tools, pinned},
};

/// The crates with a `pyproject.toml`.
const CRATES: [&str; 2] = ["crates/faceid-python", "crates/faceid-cli"];

/// Where there is a glibc.
const FOR_OLD_GLIBC: &[&str] = if cfg!(all(target_os = "linux", target_env = "gnu")) {
    &["--zig", "--compatibility", "manylinux2014", "--auditwheel=check"]
} else {
    &[]
};

/// The newest glibc that a wheel may need.
const GLIBC: (u32, u32) = (2, 17);

/// Builds each wheel, and the source distribution of the signer, into `out`.
pub(super) fn build(tools: &Tools, out: &Path) -> Result {
    let programs = pinned::wheel_tools()?;
    let path = std::env::var("PATH")?;
    let maturin = |arguments: &str, manifest: &str| {
        let command = tools.command("env").arg(programs.join("maturin")).args(arguments.split(' '));
        let command =
            command.arg("--manifest-path").arg(tools.path(manifest).join("Cargo.toml")).arg("--out").arg(out);
        command.env("PATH", format!("{}:{path}", programs.display())).env("VIRTUAL_ENV", programs.join(".."))
    };
    for krate in CRATES {
        maturin("build --quiet --release --locked", krate).args(FOR_OLD_GLIBC).run()?;
        if krate == "crates/faceid-python" {
            maturin("sdist", krate).run()?;
        }
    }
    if FOR_OLD_GLIBC.is_empty() {
        return Ok(());
    }
    for file in fs::read_dir(out)? {
        let file = file?.path();
        if file.extension().is_some_and(|extension| extension == "whl") {
            check(tools, &file, out)?;
        }
    }
    Ok(())
}

/// The newest version of glibc that anything in the wheel asks for.
fn check(tools: &Tools, wheel: &Path, out: &Path) -> Result {
    let folder = out.join("unpacked");
    let _ = fs::remove_dir_all(&folder);
    tools.command("python3 -m zipfile -e").arg(wheel).arg(&folder).quiet().run()?;
    let find = tools.command("find").arg(&folder).args(["-type", "f"]).quiet().read()?;
    let mut newest = (0, 0);
    for file in find.lines() {
        if fs::read(file)?.starts_with(b"\x7fELF") {
            let symbols = tools.command("readelf --version-info --wide").arg(file).quiet().read()?;
            newest = newest.max(newest_glibc(&symbols));
        }
    }
    fs::remove_dir_all(&folder)?;
    let name = wheel.file_name().unwrap_or_default().to_string_lossy();
    match newest {
        (0, 0) => Err(format!("{name} holds nothing that asks for glibc").into()),
        newest if newest > GLIBC => Err(format!("{name} needs glibc {}.{}", newest.0, newest.1).into()),
        (major, minor) => {
            println!("dist: {name} needs glibc {major}.{minor}");
            Ok(())
        }
    }
}

/// In what readelf prints of the versions that symbols are wanted in.
fn newest_glibc(symbols: &str) -> (u32, u32) {
    let versions = symbols.split("GLIBC_").skip(1).filter_map(|text| {
        let end = text.find(|char: char| !char.is_ascii_digit() && char != '.').unwrap_or(text.len());
        let mut numbers = text[..end].split('.').map(|number| number.parse().ok());
        Some((numbers.next()??, numbers.next()??))
    });
    versions.max().unwrap_or((0, 0))
}

#[cfg(test)]
mod tests {
    use super::newest_glibc;

    #[test]
    fn symbol_versions() {
        let cases = [
            ("Name: GLIBC_2.2.5  Flags: none\nName: GLIBC_2.17  Flags", (2, 17)),
            ("Name: GLIBC_2.9\nName: GLIBC_2.34\n", (2, 34)),
            ("Name: GLIBC_PRIVATE", (0, 0)),
            ("", (0, 0)),
        ];
        for (symbols, newest) in cases {
            assert_eq!(newest_glibc(symbols), newest, "{symbols}");
        }
    }
}
