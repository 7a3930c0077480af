//! `SHA256SUMS` of everything, and its signature.

use std::{fs, path::Path};

use crate::{Result, release, tools::Tools};

/// What signatures are for: ssh-keygen refuses one that was made for something else.
pub(crate) const NAMESPACE: &str = "faceid-release";

/// Writes `SHA256SUMS`, in the form that `sha256sum --check` reads, and returns its lines.
pub(super) fn write(out: &Path) -> Result<Vec<(String, String)>> {
    let mut sums = Vec::new();
    for entry in fs::read_dir(out)? {
        let entry = entry?;
        let name = entry.file_name().into_string().map_err(|_| "a file's name is no UTF-8")?;
        if !name.starts_with("SHA256SUMS") && entry.file_type()?.is_file() {
            sums.push((name, release::checksum(&fs::read(entry.path())?)));
        }
    }
    sums.sort();
    let lines = sums.iter().map(|(name, sum)| format!("{sum}  {name}\n")).collect::<Vec<_>>();
    fs::write(out.join("SHA256SUMS"), lines.concat())?;
    Ok(sums)
}

/// Signs it, as `SHA256SUMS.sig`.
pub(super) fn sign(tools: &Tools, out: &Path, key: &Path) -> Result {
    let sums = out.join("SHA256SUMS");
    let _ = fs::remove_file(out.join("SHA256SUMS.sig"));
    let sign =
        tools.command("ssh-keygen -q -Y sign -n").args([NAMESPACE, "-f"]).arg(std::path::absolute(key)?);
    Ok(sign.arg(sums).quiet().run()?)
}
