//! What a user takes in with each crate: how many packages, and that none is of a kind we promise to do without. And
//! which of ours stands on which.

use std::{collections::BTreeSet, fs};

use super::{Outcome, passed_unless};
use crate::{
    Result,
    tools::Tools,
    workspace::{Metadata, Package},
};

/// The most packages that may stand below a crate with its default features on Linux. Raise a figure only with
/// the dependency that earns it.
const LIMITS: [(&str, usize); 4] =
    [("faceid-sign", 18), ("faceid-types", 35), ("faceid-blocking", 58), ("faceid-async", 112)];

pub(super) fn run(tools: &Tools) -> Result<Outcome> {
    let metadata = Metadata::of_graph(tools)?;
    let mut problems = Vec::new();

    for (name, limit) in LIMITS {
        metadata.package(name)?;
        let tree = tree(tools, name, &["--target", "x86_64-unknown-linux-gnu"])?;
        let count = packages_below(&tree, name)?.len();
        println!("   {name}: {count} of at most {limit}");
        if count > limit {
            problems.push(format!("{name} has {count} packages below it, at most {limit} are allowed"));
        }
    }

    // Procedural macros are what most slows a build down, and signing needs none.
    let is_macro = |package: &&Package| package.targets_of("proc-macro").next().is_some();
    let macros = metadata.packages.iter().filter(is_macro).map(id).collect::<BTreeSet<_>>();
    for features in [&[][..], &["--no-default-features"]] {
        let tree = tree(tools, "faceid-sign", &[&["--target", "all"], features].concat())?;
        for (name, version) in packages_below(&tree, "faceid-sign")?.intersection(&macros) {
            let with = features.first().unwrap_or(&"default features");
            problems.push(format!("faceid-sign ({with}) brings the procedural macro {name} {version}"));
        }
    }

    for (name, features) in [("faceid-blocking", "--all-features"), ("faceid-cli", "--no-default-features")] {
        let tree = tree(tools, name, &["--target", "all", features])?;
        if packages_below(&tree, name)?.iter().any(|(name, _)| *name == "tokio") {
            problems.push(format!("{name} ({features}) brings tokio, and must bring no async runtime"));
        }
    }

    problems.extend(map_wrong(&fs::read_to_string(tools.path(MAP))?, &metadata));
    passed_unless(&problems)
}

/// Its table has a row a crate, whose last column names those of ours that it depends on.
const MAP: &str = ".github/CONTRIBUTING.md";

fn map_wrong(map: &str, metadata: &Metadata) -> Vec<String> {
    let ours =
        metadata.packages.iter().filter(|package| !package.foreign && package.name.starts_with("faceid-"));
    let wrong = ours.filter_map(|package| {
        let name = &package.name;
        let needs = package.built_with().filter(|name| name.starts_with("faceid-")).collect::<BTreeSet<_>>();
        let row = map.lines().find(|line| line.starts_with(&format!("| `{name}` |")));
        let Some((_, column)) = row.and_then(|row| row.trim_end_matches([' ', '|']).rsplit_once('|')) else {
            return Some(format!("{MAP} has no row for {name}"));
        };
        let said = column.split('`').skip(1).step_by(2).collect::<BTreeSet<_>>();
        (said != needs).then(|| format!("{MAP}: {name} depends on {needs:?}, not on {said:?}"))
    });
    wrong.collect()
}

fn tree(tools: &Tools, package: &str, selection: &[&str]) -> Result<String> {
    let tree = tools.command("cargo tree -e normal,build --prefix none --package");
    Ok(tree.arg(package).args(selection).quiet().read()?)
}

fn id(package: &Package) -> (&str, &str) {
    (&package.name, &package.version)
}

/// Names and versions in what `cargo tree --prefix none` prints, but for `root`. A package stands there once for
/// every way that leads to it.
fn packages_below<'a>(tree: &'a str, root: &str) -> Result<BTreeSet<(&'a str, &'a str)>> {
    let mut packages = BTreeSet::new();
    for line in tree.lines().filter(|line| !line.is_empty()) {
        let mut words = line.split(' ');
        let name = words.next();
        let version = words.next().and_then(|word| word.strip_prefix('v'));
        let package = name.zip(version);
        packages.insert(package.ok_or_else(|| format!("cargo tree printed what is no package: {line}"))?);
    }
    let all = packages.len();
    packages.retain(|(name, _)| *name != root);
    if packages.len() == all {
        return Err(format!("cargo tree did not print {root} itself").into());
    }
    Ok(packages)
}

#[cfg(test)]
mod tests {
    use super::{map_wrong, packages_below};
    use crate::workspace;

    #[test]
    fn the_map() {
        let metadata = workspace::parse(
            r#"{"target_directory": "/t", "packages": [
            {"name": "faceid-low", "version": "1.0.0", "manifest_path": "/w/low/Cargo.toml", "features": {}, "targets": [],
             "dependencies": [{"name": "http", "kind": null}, {"name": "faceid-top", "kind": "dev"}]},
            {"name": "faceid-top", "version": "1.0.0", "manifest_path": "/w/top/Cargo.toml", "features": {}, "targets": [],
             "dependencies": [{"name": "faceid-low", "kind": null}]}]}"#,
        )
        .unwrap();
        let low = "| `faceid-low` | makes `x` | nothing |\n";
        let cases = [
            ("| `faceid-top` | shows | `faceid-low` |", 0),
            ("| `faceid-top` | shows `faceid-low` | nothing |", 1),
            ("| `faceid-top` | shows | `faceid-low`, `faceid-mid` |", 1),
            ("", 1),
        ];
        for (top, problems) in cases {
            assert_eq!(map_wrong(&format!("{low}{top}"), &metadata).len(), problems, "{top}");
        }
    }

    #[test]
    fn counts_of_trees() {
        let cases = [
            ("alone", "own v0.1.0 (/src/own)\n", Some(0)),
            ("one", "own v0.1.0 (/src/own)\nbase64 v0.23.1\n", Some(1)),
            ("twice, shortened", "own v0.1.0 (/src/own)\na v1.0.0\nb v1.0.0\na v1.0.0 (*)\n", Some(2)),
            ("two versions", "own v0.1.0 (/src/own)\nsyn v2.0.1\nsyn v3.0.1\n", Some(2)),
            ("macro", "own v0.1.0 (/src/own)\nd v1.0.0 (proc-macro)\nd v1.0.0 (proc-macro) (*)\n", Some(1)),
            ("ours below", "own v0.1.0 (/src/own)\nours v0.1.0 (/src/ours)\n", Some(1)),
            ("blank line", "own v0.1.0 (/src/own)\n\na v1.0.0\n", Some(1)),
            ("another crate's tree", "other v0.1.0\na v1.0.0\n", None),
            ("no package", "own v0.1.0\nwarning: nothing to print\n", None),
            ("nothing", "", None),
        ];
        for (case, tree, count) in cases {
            assert_eq!(packages_below(tree, "own").ok().map(|packages| packages.len()), count, "{case}");
        }
    }
}
