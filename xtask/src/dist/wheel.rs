//! Wheels: the signer's module, and the program for those without Rust.

use std::{fs, path::Path};

use super::{LICENCES, glibc, licences, write_licences};
use crate::{Result, tools::Tools};

/// The crates with a `pyproject.toml`, and what Python's tools write for the name.
const CRATES: [(&str, &str); 2] =
    [("crates/faceid-python", "faceid_sign"), ("crates/faceid-cli", "faceid_cli")];

/// Where there is a glibc.
const FOR_OLD_GLIBC: &[&str] =
    if glibc::IS_HERE { &["--zig", "--compatibility", "manylinux2014", "--auditwheel=check"] } else { &[] };

/// Builds each wheel, and the source distribution of the signer, into `out`.
pub(super) fn build(tools: &Tools, out: &Path) -> Result {
    for (krate, package) in CRATES {
        let maturin = |arguments: &str| {
            let manifest = tools.path(krate).join("Cargo.toml");
            let command = tools.command("maturin").args(arguments.split(' ')).arg("--manifest-path");
            command.arg(manifest).arg("--out").arg(out)
        };
        write_licences(tools, krate, &tools.path(krate))?;
        maturin("build --quiet --release --locked").args(FOR_OLD_GLIBC).run()?;
        if krate == "crates/faceid-python" {
            maturin("sdist").run()?;
        }
        check(tools, krate, package, out)?;
    }
    Ok(())
}

/// What the wheel needs, and that the licences of what is built in are where Python's tools look for them.
fn check(tools: &Tools, krate: &str, package: &str, out: &Path) -> Result {
    let wheels = fs::read_dir(out)?.map(|file| Ok(file?.path())).collect::<Result<Vec<_>>>()?;
    let wheel = wheels.iter().find(|file| {
        let is_of_package = file.file_name().is_some_and(|it| it.to_string_lossy().starts_with(package));
        is_of_package && file.extension().is_some_and(|extension| extension == "whl")
    });
    let wheel = wheel.ok_or_else(|| format!("maturin built no wheel of {package}"))?;
    let folder = out.join("unpacked");
    let _ = fs::remove_dir_all(&folder);
    tools.command("python3 -m zipfile -e").arg(wheel).arg(&folder).quiet().run()?;
    glibc::check(tools, &folder, &format!("the wheel {package}"))?;
    let version = crate::release::version(tools)?;
    let inside = folder.join(format!("{package}-{version}.dist-info/licenses")).join(LICENCES);
    let found = fs::read_to_string(&inside).unwrap_or_default();
    fs::remove_dir_all(&folder)?;
    if found != licences(tools, krate.rsplit('/').next())? {
        return Err(format!("the wheel {package} lacks the licences of what is built in").into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{CRATES, LICENCES};
    use crate::tools::Tools;

    /// maturin passes over a file that is not there, and packs none that is not listed.
    #[test]
    fn licences_of_others_are_listed() {
        let tools = Tools::new().unwrap();
        for (krate, _) in CRATES {
            let file = std::fs::read_to_string(tools.path(krate).join("pyproject.toml")).unwrap();
            let project = file.parse::<toml_edit::DocumentMut>().unwrap();
            let listed = project["project"]["license-files"].as_array().unwrap();
            assert!(listed.iter().any(|file| file.as_str() == Some(LICENCES)), "{krate}");
        }
    }
}
