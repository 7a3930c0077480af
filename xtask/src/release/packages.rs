//! What is in each `.crate`: all that a user needs, nothing else, and not too much.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::Read as _,
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

/// Besides those and what the sources are made of, what may be: cargo's own files, roots, and what others read.
const ALLOWED: [&str; 10] = [
    "Cargo.toml.orig",
    "Cargo.lock",
    ".cargo_vcs_info.json",
    "build.rs",
    "cbindgen.toml",
    "faceid.pc.in",
    "include/faceid.h",
    "src/lib.rs",
    "src/main.rs",
    "tests/vectors.json",
];

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
        problems.extend(misfits(&files).map(|what| format!("{}: {what}", package.name)));
    }
    Ok(problems)
}

/// Where cargo puts the `.crate`.
pub(crate) fn archive(metadata: &Metadata, package: &Package) -> PathBuf {
    metadata.target_directory.join(format!("package/{}-{}.crate", package.name, package.version))
}

/// What is in the archive: paths below its one folder, and the text of what is Rust.
fn files(archive: &Path) -> Result<BTreeMap<String, String>> {
    let mut tar = tar::Archive::new(GzDecoder::new(File::open(archive)?));
    let inside = |entry: std::io::Result<tar::Entry<'_, _>>| {
        let mut entry = entry?;
        let path = entry.path()?.components().skip(1).collect::<PathBuf>();
        let mut text = String::new();
        if is_rust(&path) {
            entry.read_to_string(&mut text)?;
        }
        Ok((path.to_str().ok_or("a path that is no UTF-8")?.replace('\\', "/"), text))
    };
    tar.entries()?.map(inside).collect()
}

fn is_rust(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "rs")
}

/// What is missing, and what does not belong: what is neither listed above nor named by the sources.
fn misfits(files: &BTreeMap<String, String>) -> impl Iterator<Item = String> {
    let missing =
        REQUIRED.iter().filter(|file| !files.contains_key(**file)).map(|file| format!("lacks {file}"));
    let belongs = |file: &str| {
        let is_program = file.strip_prefix("src/bin/").is_some_and(|name| !name.contains('/'));
        let named = is_rust(Path::new(file)) && (is_program || is_module(files, file));
        REQUIRED.contains(&file) || ALLOWED.contains(&file) || named || is_included(files, file)
    };
    let strangers =
        files.keys().filter(|file| !belongs(file)).map(|file| format!("{file} does not belong in it"));
    missing.chain(strangers).collect::<Vec<_>>().into_iter()
}

/// Whether the file of the module above has a line such as `mod name;`.
fn is_module(files: &BTreeMap<String, String>, file: &str) -> bool {
    let Some((folder, name)) = file.trim_end_matches(".rs").rsplit_once('/') else { return false };
    let above = [format!("{folder}.rs"), format!("{folder}/lib.rs"), format!("{folder}/main.rs")];
    let mut lines = above.iter().filter_map(|file| files.get(file)).flat_map(|text| text.lines());
    let line = format!("mod {name};");
    lines.any(|it| it.trim_start() == line || it.starts_with("pub") && it.ends_with(&format!(" {line}")))
}

/// What brings in a file by its path.
const INCLUDES: [&str; 4] = ["include!(", "include_str!(", "include_bytes!(", "#[path = "];

/// Whether a file that includes others has a literal that leads from there to this one.
fn is_included(files: &BTreeMap<String, String>, file: &str) -> bool {
    files.iter().filter(|(_, text)| INCLUDES.iter().any(|it| text.contains(it))).any(|(from, text)| {
        let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
        text.split('"').any(|literal| joined(folder, literal) == file)
    })
}

/// The path that `relative` leads to from `folder`.
fn joined(folder: &str, relative: &str) -> String {
    let mut parts = folder.split('/').collect::<Vec<_>>();
    for part in relative.split('/') {
        if part == ".." {
            parts.pop();
        } else {
            parts.push(part);
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::misfits;

    #[test]
    fn contents() {
        let lib = "mod part;\npub mod open;\n// mod old;\n";
        let page = "include_str!(\"../page/index.html\"); include_str!($file) \"data.json\"; \
                    include!(\"made.rs\"); #[path = \"old.rs\"] mod new;";
        let whole = [
            ("Cargo.toml", ""),
            ("README.md", ""),
            ("LICENSE-MIT", ""),
            ("LICENSE-APACHE", ""),
            ("src/lib.rs", lib),
            ("src/part.rs", "pub(crate) mod page;\n    mod tests;\nfn f() { read(\"keys.json\") }"),
            ("src/part/page.rs", page),
        ];
        let cases: [(&[&str], &[&str], &[&str]); 10] = [
            (&["Cargo.lock", "build.rs", "include/faceid.h"], &[], &[]),
            (&["src/open.rs", "src/part/tests.rs", "src/page/index.html", "src/part/data.json"], &[], &[]),
            (&["src/bin/tool.rs", "src/part/made.rs", "src/part/old.rs"], &[], &[]),
            (&["src/notes.txt"], &[], &["src/notes.txt does not belong in it"]),
            (&["src/index.html"], &[], &["src/index.html does not belong in it"]),
            // It is read, and not built in.
            (&["src/keys.json"], &[], &["src/keys.json does not belong in it"]),
            (&["src/scratch.rs"], &[], &["src/scratch.rs does not belong in it"]),
            (&["src/old.rs"], &[], &["src/old.rs does not belong in it"]),
            (&["tests/it.rs"], &[], &["tests/it.rs does not belong in it"]),
            (&[], &["LICENSE-MIT"], &["lacks LICENSE-MIT"]),
        ];
        for (more, less, expected) in cases {
            let more = more.iter().map(|file| (*file, ""));
            let files = whole.into_iter().chain(more.clone()).filter(|(file, _)| !less.contains(file));
            let files = files.map(|(file, text)| (file.to_owned(), text.to_owned())).collect();
            let problems = misfits(&files).collect::<Vec<_>>();
            assert_eq!(problems, expected, "{more:?} {less:?}");
        }
    }
}
