//! `cargo xtask release self-test`: the defects that take minutes to find, seeded into a clone, are found; and two
//! clones in different folders build the same bytes. The quick ones are tests of this program.

use std::{collections::BTreeMap, fs, path::Path};

use super::{rehearse::cloned, versions};
use crate::{Result, dist, semver, tools::Tools, workspace::Metadata};

/// Where each defect is put: a library that is quick to build.
const CRATE: &str = "faceid-sign";
const SOURCE: &str = "crates/faceid-sign/src/lib.rs";
const MANIFEST: &str = "crates/faceid-sign/Cargo.toml";

pub(crate) fn run() -> Result {
    let own = Tools::new()?;
    // The clones are of HEAD: what is not in it would not be tested.
    super::check::clean(&own)?;
    super::check::fetched(&own, [own.path("Cargo.toml")])?;
    let folder = Metadata::of_members(&own)?.target_directory.join("self-test");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder)?;
    api_defects(&own, &folder)?;
    same_bytes(&own, &folder)?;
    println!("self-test: passed");
    Ok(())
}

type Finds<'a> = &'a dyn Fn(&Tools) -> Result<Vec<String>>;

/// A release of the same code a patch later is fine. With a public item less, be it with one choice of features alone, or
/// with a feature that takes one away, it is not.
fn api_defects(own: &Tools, folder: &Path) -> Result {
    let tools = cloned(own, &folder.join("defects"))?;
    let source = fs::read_to_string(tools.path(SOURCE))?;
    let manifest = fs::read_to_string(tools.path(MANIFEST))?;
    let mut next = versions::of_workspace(&tools)?;
    tools.command("git tag --force").arg(format!("v{next}")).quiet().run()?;
    next.patch += 1;
    versions::set(&tools, &next)?;

    let against_tag = |tools: &Tools| semver::package_against_last_tag(tools, &next, CRATE);
    let additive = |tools: &Tools| semver::is_additive(tools, CRATE);
    let without = |condition: &str| {
        let less = format!(
            "pub use diagnose::Diagnosis;\n#[cfg({condition})]\npub(crate) use diagnose::Slip;\n\
             #[cfg(not({condition}))]\npub use diagnose::Slip;"
        );
        source.replace("pub use diagnose::{Diagnosis, Slip};", &less)
    };
    let removed = without("all()");
    let needs_std = without("not(feature = \"std\")");
    let needs_extra = without("not(feature = \"extra\")");
    let with_extra = manifest.replace("[features]\n", "[features]\nextra = []\n");
    let subtracts =
        format!("{source}\n/// A defect.\n#[cfg(not(feature = \"std\"))]\npub fn without_std() {{}}\n");
    let cases: [(&str, &str, &str, bool, Finds<'_>); 6] = [
        ("the same code", &manifest, &source, false, &against_tag),
        ("a public item less", &manifest, &removed, true, &against_tag),
        ("a public item less without features", &manifest, &needs_std, true, &against_tag),
        ("a public item less with the default features", &with_extra, &needs_extra, true, &against_tag),
        ("features as they are", &manifest, &source, false, &additive),
        ("a feature that takes a function away", &manifest, &subtracts, true, &additive),
    ];
    for (case, manifest, text, defect, find) in cases {
        if defect == (text == source) {
            return Err(format!("self-test: {SOURCE} has no place for {case}").into());
        }
        fs::write(tools.path(MANIFEST), manifest)?;
        fs::write(tools.path(SOURCE), text)?;
        let problems = find(&tools)?;
        if problems.is_empty() == defect {
            return Err(format!("{case}: a defect is {defect}, and found was {problems:?}").into());
        }
        println!("self-test: {case}: {}", if defect { "found" } else { "nothing found" });
    }
    Ok(())
}

fn same_bytes(own: &Tools, folder: &Path) -> Result {
    let [one, other] = ["one", "the-other/and-deeper"]
        .map(|clone| dist::everything(&cloned(own, &folder.join(clone))?, None));
    let other = other?.into_iter().collect::<BTreeMap<_, _>>();
    let mut broken = Vec::new();
    for (name, sum) in one? {
        let is_same = other.get(&name) == Some(&sum);
        println!("self-test: {sum}  {name}: {}", if is_same { "the same bytes" } else { "OTHER BYTES" });
        if !is_same && !is_by_tools_of_others(&name) {
            broken.push(name);
        }
    }
    if broken.is_empty() {
        return Ok(());
    }
    Err(format!("the same revision in another folder gives other bytes: {}", broken.join(", ")).into())
}

/// Packed by maturin or npm: with our flags and our time, and no promise of theirs. What differs is named.
fn is_by_tools_of_others(name: &str) -> bool {
    name.starts_with("faceid_") || Path::new(name).extension().is_some_and(|it| it == "tgz")
}
