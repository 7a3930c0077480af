//! `cargo xtask release check X.Y.Z`: whether that version can go out. Nothing is changed.

use std::{
    fs,
    path::{Path, PathBuf},
};

use semver::Version;
use toml_edit::{DocumentMut, Value};
use xshell::Cmd;

use super::{changelog, inherited, packages, prepare, versions};
use crate::{
    Result, semver as api,
    tools::Tools,
    workspace::{Metadata, Package},
};

/// What is wrong, a line a problem.
type Run = fn(&Tools, &Version) -> Result<Vec<String>>;

/// What is told at once, from the tree alone.
const QUICK: [(&str, Run); 5] = [
    ("tree", |tools, _| Ok(tree(tools).err().map(|error| error.to_string()).into_iter().collect())),
    ("versions", versions::wrong),
    ("rust", rust_wrong),
    ("changelog", changelog),
    ("manifests", |tools, _| manifests_wrong(tools)),
];

/// What takes minutes, and every crate that the lock file names.
const SLOW: [(&str, Run); 3] = [
    ("packages", |tools, _| packages::wrong(tools)),
    ("docs", |tools, _| docs(tools)),
    ("semver", |tools, version| api::wrong(tools, Some(version))),
];

/// Checks everything: what is quick first, and no more where that finds something.
///
/// # Errors
///
/// With all that is wrong.
pub(crate) fn run(version: &str) -> Result {
    in_tree(&Tools::new()?, version)
}

/// The same in the tree that `tools` work in.
pub(crate) fn in_tree(tools: &Tools, version: &str) -> Result {
    let tools = tools.clone().with("CARGO_NET_OFFLINE", "true");
    let version = versions::parse(version)?;
    is_prepared(&tools, &version)?;
    quick(&tools, &version)?;
    fetched(&tools, [tools.path("Cargo.toml")])?;
    all(&tools, &version, &SLOW)?;
    println!(
        "release check: not checked here: the least Rust version, which is for cargo xtask ci, by clippy's incompatible_msrv"
    );
    println!(
        "release check: not checked here: advisories, which need a network and are for cargo xtask deny"
    );
    println!("release check: {version} can go out");
    Ok(())
}

/// The checks that a publish makes too.
pub(crate) fn quick(tools: &Tools, version: &Version) -> Result {
    all(tools, version, &QUICK)
}

fn all(tools: &Tools, version: &Version, checks: &[(&str, Run)]) -> Result {
    let mut problems = Vec::new();
    for (name, check) in checks {
        println!("release check: {name}");
        for problem in check(tools, version).unwrap_or_else(|error| vec![error.to_string()]) {
            problems.push(format!("{name}: {problem}"));
        }
    }
    if problems.is_empty() {
        return Ok(());
    }
    Err(format!(
        "{version} cannot go out; nothing is changed, and nothing was sent:\n{}\nWhen it is mended, run: cargo \
         xtask release check {version}",
        problems.join("\n")
    )
    .into())
}

/// Without that, each check would only say so again, after minutes.
pub(crate) fn is_prepared(tools: &Tools, version: &Version) -> Result {
    not_elsewhere(tools, version)?;
    if is_tagged(tools, version)? {
        return Ok(());
    }
    prepare::is_next(tools, version)?;
    if versions::of_workspace(tools)? == *version && changelog::has(&changelog::read(tools)?, version) {
        return Ok(());
    }
    Err(format!("{version} is not prepared: run: cargo xtask release prepare {version}").into())
}

/// All crates that the lock files beside these manifests name are on this machine: nothing here fetches one by itself.
pub(crate) fn fetched(tools: &Tools, manifests: impl IntoIterator<Item = PathBuf>) -> Result {
    let mut fetches = Vec::new();
    let mut said = Vec::new();
    for manifest in manifests {
        let output = metadata(tools, &manifest).arg("--locked").ignore_status().output()?;
        if !output.status.success() {
            fetches.push(tools.command("cargo fetch --locked --manifest-path").arg(manifest).to_string());
            said.push(output.stderr);
        }
    }
    let Some(said) = said.first().map(|said| String::from_utf8_lossy(said)) else { return Ok(()) };
    Err(format!(
        "cargo cannot tell from this machine alone what everything is built of; nothing is changed:\n    {}\nWhere \
         that is a crate that is not here, run: {}",
        said.trim_end().replace('\n', "\n    "),
        fetches.join(" && ")
    )
    .into())
}

/// What brings a lock file up to its manifest, from what is on this machine.
pub(crate) fn metadata<'tools>(tools: &'tools Tools, manifest: &Path) -> Cmd<'tools> {
    let metadata = tools.command("cargo metadata --quiet --offline --format-version 1 --manifest-path");
    metadata.arg(manifest).quiet().ignore_stdout()
}

/// Nothing uncommitted, and on main: what is released is what everybody sees.
pub(crate) fn tree(tools: &Tools) -> Result {
    clean(tools)?;
    // In a forge's run for a tag no branch is checked out: the tag has to be on main.
    let is_of_main = || {
        ["main", "origin/main"].iter().any(|main| {
            let ancestor = tools.command("git merge-base --is-ancestor HEAD").arg(main);
            ancestor.quiet().ignore_stderr().run().is_ok()
        })
    };
    if branch(tools)?.is_empty() && is_of_main() { Ok(()) } else { on_main(tools) }
}

/// Main is checked out.
pub(crate) fn on_main(tools: &Tools) -> Result {
    match branch(tools)?.as_str() {
        "main" => Ok(()),
        "" => Err("a release is made on main, and no branch is checked out: git switch main".into()),
        other => Err(format!("a release is made on main, not on {other:?}: git switch main").into()),
    }
}

fn branch(tools: &Tools) -> Result<String> {
    Ok(tools.command("git branch --show-current").quiet().read()?)
}

pub(crate) fn clean(tools: &Tools) -> Result {
    let changed = tools.command("git status --porcelain --untracked-files=normal").quiet().read()?;
    if changed.is_empty() {
        return Ok(());
    }
    Err(format!("not committed:\n{changed}\nCommit it, or put it away: git stash --include-untracked").into())
}

/// Whether HEAD is what the version's tag points at.
pub(crate) fn is_tagged(tools: &Tools, version: &Version) -> Result<bool> {
    let tags = tools.command("git tag --points-at HEAD").quiet().read()?;
    Ok(tags.lines().any(|tag| tag == format!("v{version}")))
}

/// Whether there is such a tag, wherever it points.
pub(crate) fn has_tag(tools: &Tools, tag: &str) -> Result<bool> {
    Ok(!tools.command("git tag --list").arg(tag).quiet().read()?.is_empty())
}

/// If the version has a tag, HEAD is what it points at.
pub(crate) fn not_elsewhere(tools: &Tools, version: &Version) -> Result {
    let tag = format!("v{version}");
    if has_tag(tools, &tag)? && !is_tagged(tools, version)? {
        return Err(format!(
            "{tag} is another commit: git checkout {tag} to go on with that one, or take a higher version; or, if it \
             was never pushed, git tag --delete {tag}"
        )
        .into());
    }
    Ok(())
}

/// Origin has the version's tag, and it is HEAD there too: what is released is what everybody sees.
pub(crate) fn pushed(tools: &Tools, version: &Version) -> Result {
    if !tools.succeeds("git remote get-url origin") {
        println!("release check: not asked whether v{version} is pushed: there is no origin here");
        return Ok(());
    }
    let tag = format!("v{version}");
    let reference = format!("refs/tags/{tag}");
    let list = tools.command("git ls-remote origin").args([&reference, &format!("{reference}^{{}}")]);
    let listed = list.env("GIT_TERMINAL_PROMPT", "0").quiet().read().map_err(|error| {
        format!("whether origin has {tag} cannot be told, git says above why, and nothing was sent: {error}")
    })?;
    // An annotated tag has a second line, for its commit.
    let there = listed.lines().last().and_then(|line| line.split_whitespace().next());
    match there {
        Some(there) if there == tools.command("git rev-parse HEAD").quiet().read()? => Ok(()),
        Some(_) => Err(format!(
            "{tag} is another commit on origin, so nothing was sent: publish from that one, or take a higher version"
        )
        .into()),
        None => Err(format!(
            "{tag} is not on origin, and what is released is what everybody sees. Nothing was sent; run: git push \
             --atomic origin main {tag} && cargo xtask release publish"
        )
        .into()),
    }
}

/// The latest version that has a tag and is below this one.
///
/// # Errors
///
/// If a version went out, by the changelog, and its tag is not here: then nothing that is told by tags is so. The
/// version that is set may have its section before its tag, but not on origin, where both come at once.
pub(crate) fn version_before(tools: &Tools, version: &Version) -> Result<Option<Version>> {
    let tags = tools.command("git tag --list v*").quiet().read()?;
    let tagged = tags.lines().filter_map(|tag| tag.strip_prefix('v')?.parse().ok()).collect::<Vec<Version>>();
    let set = versions::of_workspace(tools)?;
    let pushed = tools.command("git show").arg(format!("origin/main:{}", changelog::FILE));
    let pushed = pushed.quiet().ignore_stderr().read().unwrap_or_default();
    let mut released = changelog::versions(&changelog::read(tools)?);
    released.retain(|version| *version != set);
    released.extend(changelog::versions(&pushed));
    if let Some(untagged) = released.iter().find(|version| !tagged.contains(version)) {
        return Err(format!(
            "{untagged} went out, by {}, and its tag v{untagged} is not here; nothing is changed. Run: git fetch --tags {}",
            changelog::FILE,
            env!("CARGO_PKG_REPOSITORY")
        )
        .into());
    }
    Ok(tagged.into_iter().filter(|tagged| tagged < version).max())
}

/// The crates, among all that a user gets, with a change since the version before, and those that are no more.
pub(crate) fn changed(tools: &Tools, version: &Version) -> Result<Vec<String>> {
    let metadata = Metadata::of_members(tools)?;
    let shipped = metadata.packages.iter().filter(|package| is_shipped(package));
    let Some(before) = version_before(tools, version)? else {
        return Ok(shipped.map(|package| package.name.clone()).collect());
    };
    let mut changed = shipped_at(tools, &format!("v{before}"))?;
    changed.retain(|name| metadata.package(name).is_err());
    let [old, new] = then_and_now(tools, &before)?;
    let handed_on = inherited::changed(&old, &new);
    for package in shipped {
        let manifest = fs::read_to_string(package.folder.join("Cargo.toml"))?.parse::<DocumentMut>()?;
        let inherits = handed_on.iter().any(|key| inherited::inherits(manifest.as_table(), key));
        if inherits || differs(tools, package, &manifest, &before)? {
            changed.push(package.name.clone());
        }
    }
    Ok(changed)
}

/// The workspace's manifest at the version before, with what `prepare` sets since, and as it is.
fn then_and_now(tools: &Tools, before: &Version) -> Result<[DocumentMut; 2]> {
    let old = at(tools, &format!("v{before}"), versions::MANIFEST)?;
    let set = versions::of_workspace(tools)?;
    let old = versions::with_version(versions::MANIFEST, &old, before, &set)?;
    Ok([old.parse()?, versions::manifest(tools, versions::MANIFEST)?])
}

/// That a patch asks for a newer Rust.
pub(crate) fn rust_wrong(tools: &Tools, version: &Version) -> Result<Vec<String>> {
    let Some(before) = version_before(tools, version)? else { return Ok(Vec::new()) };
    let [old, new] = then_and_now(tools, &before)?;
    Ok(inherited::rust_raised([&old, &new], &before, version).into_iter().collect())
}

/// Whether a user has to be told of a change of what a crate holds: neither of a test that it does not pack, nor of what
/// `prepare` itself sets.
fn differs(tools: &Tools, package: &Package, manifest: &DocumentMut, before: &Version) -> Result<bool> {
    let set = versions::of_workspace(tools)?;
    let tag = format!("v{before}");
    let diff = tools.command("git diff --name-only --no-renames -z").args([&tag, "HEAD", "--"]);
    let files = diff.arg(&package.folder).args(linked(tools, &package.folder)?).quiet().read()?;
    let included = manifest.get("package").and_then(|package| package.get("include")?.as_array());
    let is_packed = |file: &&str| {
        let own = tools.path(file);
        own.strip_prefix(&package.folder).map_or(true, |own| {
            let is_named =
                |pattern: &Value| pattern.as_str().is_some_and(|pattern| own == Path::new(pattern));
            !own.starts_with("tests") || included.into_iter().flatten().any(is_named)
        })
    };
    let is_same = |file: &str| -> Result<bool> {
        let old = at(tools, &tag, file)?;
        Ok(versions::with_version(file, &old, before, &set)? == at(tools, "HEAD", file)?)
    };
    // What is new, or no more, or no text, cannot be told to be the same.
    let files = files.split('\0').filter(|file| !file.is_empty());
    Ok(files.filter(is_packed).any(|file| !is_same(file).unwrap_or(false)))
}

/// The files that links in a folder lead to: git shows no change of the link.
fn linked(tools: &Tools, folder: &Path) -> Result<Vec<PathBuf>> {
    let files = tools.command("git ls-files --stage -z --").arg(folder).quiet().read()?;
    let links = files.split('\0').filter(|file| file.starts_with("120000 "));
    let links = links.filter_map(|file| Some(tools.path(file.split_once('\t')?.1)));
    let target = |link: PathBuf| {
        fs::canonicalize(&link).map_err(|error| format!("{} leads nowhere: {error}", link.display()).into())
    };
    links.map(target).collect()
}

/// The crates that a user got at a tag.
fn shipped_at(tools: &Tools, tag: &str) -> Result<Vec<String>> {
    let folders = tools.command("git ls-tree --name-only").arg(format!("{tag}:crates")).quiet().read()?;
    let mut shipped = Vec::new();
    for folder in folders.lines() {
        let show = |file: &str| at(tools, tag, &format!("crates/{folder}/{file}"));
        let Ok(manifest) = show("Cargo.toml") else { continue };
        let manifest = manifest.parse::<DocumentMut>()?;
        let of_package = |key: &str| manifest.get("package")?.get(key);
        let published = of_package("publish").and_then(toml_edit::Item::as_bool) != Some(false);
        if published || OF_OTHERS.iter().any(|file| show(file).is_ok()) {
            shipped.extend(of_package("name").and_then(toml_edit::Item::as_str).map(str::to_owned));
        }
    }
    Ok(shipped)
}

/// A file's text at a revision.
fn at(tools: &Tools, revision: &str, file: &str) -> Result<String> {
    Ok(tools.command("git show").arg(format!("{revision}:{file}")).quiet().ignore_stderr().read()?)
}

/// What the tools of other languages pack by.
const OF_OTHERS: [&str; 2] = ["pyproject.toml", "package.json"];

/// Published, or packed by the tool of another language.
pub(crate) fn is_shipped(package: &Package) -> bool {
    package.published || OF_OTHERS.iter().any(|file| package.folder.join(file).exists())
}

pub(crate) fn changelog(tools: &Tools, version: &Version) -> Result<Vec<String>> {
    let text = changelog::read(tools)?;
    let mut problems = changelog::wrong(&text, version, &changed(tools, version)?);
    // Where the clocks are first: nobody's day is later.
    let today = tools.command("date +%F").env("TZ", "UTC-14").quiet().read()?;
    if let Some(date) = changelog::date_to_come(&text, version, &today) {
        problems.push(format!("{}: the section [{version}] is of {date}, a day to come", changelog::FILE));
    }
    Ok(problems)
}

/// Those that the registry knows and that are ours.
const CATEGORIES: [&str; 7] = [
    "api-bindings",
    "authentication",
    "command-line-utilities",
    "cryptography",
    "development-tools::testing",
    "external-ffi-bindings",
    "no-std",
];

/// What each manifest must say for the registry, and must not.
pub(crate) fn manifests_wrong(tools: &Tools) -> Result<Vec<String>> {
    let metadata = Metadata::of_members(tools)?;
    let internal = metadata.packages.iter().map(|package| package.name.as_str()).collect::<Vec<_>>();
    let mut problems = Vec::new();
    for package in metadata.packages.iter().filter(|package| package.published) {
        let mut problem = |what: &str| problems.push(format!("{}: {what}", package.name));
        let json = &package.json;
        let manifest = fs::read_to_string(package.folder.join("Cargo.toml"))?;
        let manifest = manifest.parse::<DocumentMut>()?;
        if manifest["package"].get("include").is_none() {
            problem("the manifest has no include: whatever lies in the folder would go out");
        }
        if json["description"].is_null() {
            problem("the manifest has no description");
        }
        for key in ["license", "repository", "rust-version"] {
            if manifest["package"].get(key).and_then(|it| it.get("workspace")?.as_bool()) != Some(true) {
                problem(&format!("{key} is to be the workspace's: {key}.workspace = true"));
            }
        }
        let rules: [(&str, fn(&str) -> bool); 2] =
            [("keywords", is_keyword), ("categories", |name| CATEGORIES.contains(&name))];
        for (key, is_valid) in rules {
            let list = json[key].as_array().map_or(&[][..], Vec::as_slice);
            if !(1..=5).contains(&list.len()) {
                problem(&format!("the manifest has no {key}, or more than 5"));
            }
            for name in list.iter().filter_map(|name| name.as_str()).filter(|name| !is_valid(name)) {
                problem(&format!(
                    "{key}: {name:?} is none that the registry takes, by xtask/src/release/check.rs"
                ));
            }
        }
        if package.library().is_some() && json["metadata"]["docs"]["rs"].is_null() {
            problem("the manifest does not say what docs.rs builds: package.metadata.docs.rs");
        }
        for dependency in json["dependencies"].as_array().into_iter().flatten() {
            let name = dependency["name"].as_str().unwrap_or_default();
            let versionless = dependency["req"] == "*";
            if internal.contains(&name) && (dependency["kind"] == "dev") != versionless {
                problem(&format!(
                    "{name}: a dependency of ours has a path and a version, one for tests a path alone"
                ));
            }
        }
    }
    // Of the workspaces beside this one, nothing goes out.
    for file in versions::workspaces(tools)?.filter(|file| *file != tools.path("Cargo.toml")) {
        let manifest = fs::read_to_string(&file)?.parse::<DocumentMut>()?;
        let publish = manifest.get("package").and_then(|package| package.get("publish"));
        if publish.and_then(toml_edit::Item::as_bool) != Some(false) {
            problems.push(format!("{} lacks publish = false", file.display()));
        }
    }
    // Not a list of what is not published: a member that is new is published unless its manifest says otherwise.
    for name in crate::ci::PUBLISHED {
        if !metadata.package(name)?.published {
            problems.push(format!("{name}: is marked as not published"));
        }
    }
    for package in metadata.packages.iter().filter(|package| package.published) {
        if !crate::ci::PUBLISHED.contains(&package.name.as_str()) {
            let name = &package.name;
            problems.push(format!("{name}: would be published, and xtask/src/ci.rs does not list it: list it, or set publish = false"));
        }
    }
    Ok(problems)
}

/// As the registry has them.
fn is_keyword(word: &str) -> bool {
    word.len() <= 20
        && word.starts_with(|first: char| first.is_ascii_alphanumeric())
        && word.chars().all(|char| char.is_ascii_alphanumeric() || "_-+".contains(char))
}

/// The documentation as docs.rs builds it: with nightly's features, its own mark, and no network.
fn docs(tools: &Tools) -> Result<Vec<String>> {
    let metadata = Metadata::of_members(tools)?;
    let target = metadata.target_directory.join("docs-rs");
    let mut problems = Vec::new();
    for package in metadata.packages.iter().filter(|package| package.published && package.library().is_some())
    {
        let settings = &package.json["metadata"]["docs"]["rs"];
        let mut doc =
            tools.command("cargo doc --quiet --locked --no-deps --lib --package").arg(&package.name);
        if settings["all-features"] == true {
            doc = doc.arg("--all-features");
        }
        let flags =
            settings["rustdoc-args"].as_array().into_iter().flatten().filter_map(|flag| flag.as_str());
        let flags = flags.chain(["--cfg", "docsrs", "-D", "warnings"]).collect::<Vec<_>>().join("\u{1f}");
        let doc =
            doc.env("CARGO_ENCODED_RUSTDOCFLAGS", flags).env("RUSTC_BOOTSTRAP", "1").env("DOCS_RS", "1");
        if doc.env("CARGO_TARGET_DIR", &target).run().is_err() {
            problems.push(format!("{}: docs.rs would not build it, see above", package.name));
        }
    }
    Ok(problems)
}
