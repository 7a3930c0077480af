//! A tar archive whose bytes follow from its files alone: sorted, of nobody, of one time.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
};

use flate2::{Compression, GzBuilder};
use tar::{Builder, EntryType, Header};

use crate::{Result, tools::Tools};

/// The time of the commit, as `SOURCE_DATE_EPOCH` has it.
pub(crate) fn epoch(tools: &Tools) -> Result<u64> {
    Ok(tools.command("git log -1 --format=%ct").quiet().read()?.parse()?)
}

/// Packs `folder`, whose name is the first part of every path, into `to`.
pub(crate) fn pack(folder: &Path, to: &Path, epoch: u64) -> Result {
    let top = folder.file_name().ok_or("a folder to pack has a name")?;
    // No time and no name in the head of the gzip either.
    let gzip = GzBuilder::new().write(File::create(to)?, Compression::best());
    let mut tar = Builder::new(gzip);
    for path in sorted(folder)? {
        let inside = Path::new(top).join(path.strip_prefix(folder)?);
        let mut header = Header::new_gnu();
        header.set_mtime(epoch);
        let metadata = fs::symlink_metadata(&path)?;
        if metadata.is_symlink() {
            header.set_entry_type(EntryType::Symlink);
            header.set_size(0);
            header.set_mode(0o777);
            tar.append_link(&mut header, inside, fs::read_link(&path)?)?;
        } else {
            header.set_size(metadata.len());
            header.set_mode(if is_executable(&metadata) { 0o755 } else { 0o644 });
            tar.append_data(&mut header, inside, File::open(&path)?)?;
        }
    }
    tar.into_inner()?.finish()?;
    Ok(())
}

fn sorted(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            files.extend(sorted(&entry.path())?);
        } else {
            files.push(entry.path());
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(unix)]
fn is_executable(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    metadata.permissions().mode() & 0o100 != 0
}

#[cfg(not(unix))]
fn is_executable(_: &fs::Metadata) -> bool {
    false
}
