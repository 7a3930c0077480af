//! What is in each `.crate`: all that a user needs, nothing else, and not too much.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    path::{Path, PathBuf},
};

use flate2::read::GzDecoder;

use crate::{
    Result,
    tools::Tools,
    workspace::{Metadata, Package},
};

/// Bytes of a `.crate`. Raise it only with the file that earns it.
const SIZE_LIMIT: u64 = 200 << 10;

/// What has to be in each.
const REQUIRED: [&str; 4] = ["Cargo.toml", "README.md", "LICENSE-MIT", "LICENSE-APACHE"];

/// Besides those, what may be: cargo's own files, and those that a build reads.
const ALLOWED: [&str; 6] =
    ["Cargo.toml.orig", "Cargo.lock", ".cargo_vcs_info.json", "build.rs", "cbindgen.toml", "faceid.pc.in"];

/// Packages everything as a publish does and builds each package by itself; then looks into them.
pub(crate) fn wrong(tools: &Tools) -> Result<Vec<String>> {
    let metadata = Metadata::of_members(tools)?;
    build(tools, &metadata, &["--offline"])?;
    contents(&metadata)
}

/// The same without the builds, which is quick.
pub(crate) fn wrong_unbuilt(tools: &Tools) -> Result<Vec<String>> {
    let metadata = Metadata::of_members(tools)?;
    build(tools, &metadata, &["--offline", "--no-verify", "--allow-dirty"])?;
    contents(&metadata)
}

fn build(tools: &Tools, metadata: &Metadata, flags: &[&str]) -> Result {
    let mut command = tools.command("cargo package --quiet --locked").args(flags);
    for package in metadata.packages.iter().filter(|package| package.published) {
        command = command.args(["--package", &package.name]);
    }
    Ok(command.run()?)
}

fn contents(metadata: &Metadata) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    for package in metadata.packages.iter().filter(|package| package.published) {
        let archive = archive(metadata, package);
        let size = fs::metadata(&archive)?.len();
        if size > SIZE_LIMIT {
            problems.push(format!("{}: the archive has {size} bytes, more than {SIZE_LIMIT}", package.name));
        }
        let files = files(&archive)?;
        println!("   {}: {} files, {size} bytes", package.name, files.len());
        let source = Source::of(package)?;
        problems.extend(
            misfits(&files, |file| source.names(file)).map(|what| format!("{}: {what}", package.name)),
        );
    }
    Ok(problems)
}

/// Where cargo puts the `.crate`.
pub(crate) fn archive(metadata: &Metadata, package: &Package) -> PathBuf {
    metadata.target_directory.join(format!("package/{}-{}.crate", package.name, package.version))
}

/// Paths in the archive, below its one folder.
fn files(archive: &Path) -> Result<BTreeSet<String>> {
    let mut tar = tar::Archive::new(GzDecoder::new(File::open(archive)?));
    let inside = |entry: std::io::Result<tar::Entry<'_, _>>| {
        let path = entry?.path()?.components().skip(1).collect::<PathBuf>();
        Ok(path.to_str().ok_or("a path that is no UTF-8")?.replace('\\', "/"))
    };
    tar.entries()?.map(inside).collect()
}

/// What is missing, and what does not belong. `named` says whether a file of the sources reads that one.
fn misfits(files: &BTreeSet<String>, named: impl Fn(&str) -> bool) -> impl Iterator<Item = String> {
    let missing = REQUIRED.iter().filter(|file| !files.contains(**file)).map(|file| format!("lacks {file}"));
    let belongs = |file: &str| {
        let is_code = file.starts_with("src/") && Path::new(file).extension().is_some_and(|it| it == "rs");
        let is_header =
            file.starts_with("include/") && Path::new(file).extension().is_some_and(|it| it == "h");
        REQUIRED.contains(&file) || ALLOWED.contains(&file) || is_code || is_header || named(file)
    };
    let strangers =
        files.iter().filter(|file| !belongs(file)).map(|file| format!("{file} does not belong in it"));
    missing.chain(strangers).collect::<Vec<_>>().into_iter()
}

/// The text of all Rust files of a package.
struct Source(String);

impl Source {
    fn of(package: &Package) -> Result<Self> {
        let mut text = String::new();
        let mut folders = vec![package.folder.join("src"), package.folder.join("tests")];
        while let Some(folder) = folders.pop() {
            let Ok(entries) = fs::read_dir(&folder) else { continue };
            for entry in entries {
                let path = entry?.path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "rs") {
                    text += &fs::read_to_string(path)?;
                }
            }
        }
        Ok(Self(text))
    }

    /// As `include_str!` and its like name a file: by the end of a literal.
    fn names(&self, file: &str) -> bool {
        let name = file.rsplit('/').next().unwrap_or(file);
        self.0.contains(&format!("/{name}\"")) || self.0.contains(&format!("\"{name}\""))
    }
}

#[cfg(test)]
mod tests {
    use super::{Source, misfits};

    #[test]
    fn contents() {
        let whole = ["Cargo.toml", "README.md", "LICENSE-MIT", "LICENSE-APACHE", "src/lib.rs"];
        let cases: [(&[&str], &[&str], &[&str]); 4] = [
            (&["Cargo.lock", "build.rs", "include/faceid.h", "src/page/index.html"], &[], &[]),
            (&["src/notes.txt"], &[], &["src/notes.txt does not belong in it"]),
            (&["tests/it.rs"], &[], &["tests/it.rs does not belong in it"]),
            (&[], &["LICENSE-MIT"], &["lacks LICENSE-MIT"]),
        ];
        let source = Source("include_str!(\"page/index.html\")".to_owned());
        for (more, less, expected) in cases {
            let mut files =
                whole.iter().chain(more).map(ToString::to_string).collect::<std::collections::BTreeSet<_>>();
            files.retain(|file| !less.contains(&file.as_str()));
            let problems = misfits(&files, |file| source.names(file)).collect::<Vec<_>>();
            assert_eq!(problems, expected, "{more:?} {less:?}");
        }
    }
}
