//! `cargo xtask release rehearse`: a whole release of HEAD, for real, but for where it goes.
//!
//! Crates of ours depend on each other as on crates of the public registry, so a rehearsal needs that very source and
//! not another one beside it. It gets it by source replacement: cargo takes the registry on this machine for the
//! public one. What is packed, uploaded and resolved is then byte for byte what a release brings out; the only
//! difference is the name after `--registry`.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use super::{
    consumers,
    publish::{self, Destination},
    registry::{self, Fault, Registry},
};
use crate::{Result, dist, embed, tools::Tools, workspace::Metadata};

const TO: Destination = Destination {
    registry: registry::NAME,
    variables: registry::VARIABLES,
    patience: Duration::from_secs(30),
};

/// Rehearses, and ends with what was built, its checksums and who used it.
pub(crate) fn run() -> Result {
    let own = Tools::new()?;
    super::check::clean(&own)?;
    super::check::fetched(&own, [own.path("Cargo.toml")])?;
    let users = [("cc --version", "gcc libc6-dev"), ("pkg-config --version", "pkg-config")];
    if let Some(missing) = own.missing(&users) {
        return Err(missing.into());
    }
    dist::has_programs(&own)?;
    let folder = Metadata::of_members(&own)?.target_directory.join("rehearsal");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder)?;
    let key = throw_away_key(&own, &folder)?;
    let clone = cloned(&own, &folder.join("clone"))?;
    let sign = embed::expected_sign(&clone)?;

    let registry = Registry::start()?;
    registry.add_others(&clone)?;
    let pointed = Tools::at(&folder.join("clone"))?.with("CARGO_TARGET_DIR", folder.join("target"));
    let pointed = registry.taken_by(pointed, &folder.join("home"))?;
    published_in_spite_of_faults(&pointed, &registry)?;

    let artefacts = dist::everything(&clone, Some(&key))?;
    let out = Metadata::of_members(&clone)?.target_directory.join("dist");
    is_signed(&own, &out, &key)?;
    are_the_published(&registry, &Metadata::of_members(&clone)?, &artefacts)?;

    let users = folder.join("users");
    fs::create_dir_all(&users)?;
    let mut consumed = consumers::of_python(&clone, &out, &users, &sign)?;
    consumed.extend(consumers::of_npm(&clone, &out, &users, &sign)?);
    consumed.extend(consumers::of_archives(&clone, &out, &users, &sign)?);
    // In a folder of no workspace, with nothing of ours but what the registry has.
    let user = Tools::at(&users)?.with("CARGO_TARGET_DIR", folder.join("users-target"));
    let user = registry.taken_by(user, &folder.join("users-home"))?;
    let metadata = Metadata::of_members(&clone)?;
    consumed.extend(consumers::of_crates(&user, &metadata, &users, &sign)?);

    println!("\nrehearse: what came out, and what used it");
    for (name, sum) in &artefacts {
        let by =
            consumed.iter().filter(|(of, _)| of == name).map(|(_, by)| by.as_str()).collect::<BTreeSet<_>>();
        let by = by.into_iter().collect::<Vec<_>>().join("; ");
        if by.is_empty() && !is_document(name) {
            return Err(format!("nothing used {name}: write a consumer").into());
        }
        println!("{sum}  {name}: {}", if by.is_empty() { "to be read" } else { &by });
    }
    println!("rehearse: passed");
    Ok(())
}

/// What nothing installs.
fn is_document(name: &str) -> bool {
    let extension = Path::new(name).extension();
    extension.is_some_and(|extension| extension == "json" || extension == "txt")
}

/// HEAD in a folder of its own, with a target folder beside it.
pub(super) fn cloned(own: &Tools, to: &Path) -> Result<Tools> {
    own.command("git clone --quiet").arg(own.path("")).arg(to).quiet().run()?;
    let target = to.with_extension("target");
    Ok(Tools::at(to)?.with("CARGO_TARGET_DIR", target).with("CARGO_NET_OFFLINE", "true"))
}

/// What goes wrong, and with the how manieth crate. One that is late holds nothing up.
const FAULTS: [(usize, Fault); 5] = [
    (2, Fault::Unavailable(1)),
    (3, Fault::Garbage),
    (5, Fault::Hang),
    (6, Fault::IndexUnavailable),
    (7, Fault::IndexGarbage),
];
const LATE: (usize, Fault) = (4, Fault::Lag(6));

/// Each fault stops the release, and each time it is simply run again.
fn published_in_spite_of_faults(tools: &Tools, registry: &Registry) -> Result {
    let metadata = Metadata::of_members(tools)?;
    let order = metadata.in_publish_order()?.iter().map(|package| package.name.clone()).collect::<Vec<_>>();
    registry.inject(&order[LATE.0], LATE.1);
    for (nth, fault) in FAULTS {
        println!("rehearse: {fault:?} for {}", order[nth]);
        registry.inject(&order[nth], fault);
        let stopped = publish::everything(tools, &TO).err().ok_or("the fault did not stop the release")?;
        println!("rehearse: stopped, as it should:\n{stopped}");
        if registry.uploads().len() > nth || !order.starts_with(&registry.uploads()) {
            return Err(format!("uploaded in spite of the fault: {:?}", registry.uploads()).into());
        }
        registry.clear_fault(&order[nth]);
    }
    publish::everything(tools, &TO)?;
    publish::everything(tools, &TO)?;
    if registry.uploads() != order {
        return Err(format!("uploaded were: {:?}, not each once and in order", registry.uploads()).into());
    }

    let duplicate = tools.command("cargo publish --quiet --no-verify --registry").arg(registry::NAME);
    let duplicate = duplicate.args(["--package", &order[0]]).quiet().ignore_status().output()?;
    let said = String::from_utf8_lossy(&duplicate.stderr);
    if duplicate.status.success() || !said.contains("already") {
        return Err(format!("a second {} was not refused as a duplicate: {}", order[0], said.trim()).into());
    }
    println!("rehearse: a duplicate was refused: {}", said.trim());
    Ok(())
}

/// What `dist` packed is what was uploaded.
fn are_the_published(registry: &Registry, metadata: &Metadata, artefacts: &[dist::Artefact]) -> Result {
    for package in metadata.in_publish_order()? {
        let file = format!("{}-{}.crate", package.name, package.version);
        let ours = artefacts.iter().find(|(name, _)| *name == file).map(|(_, sum)| sum.clone());
        if ours.is_none() || ours != registry.checksum_of(&package.name) {
            return Err(format!("{file} is not the one that was published").into());
        }
    }
    Ok(())
}

fn throw_away_key(tools: &Tools, folder: &Path) -> Result<PathBuf> {
    let key = folder.join("throw-away-key");
    let make = tools.command("ssh-keygen -q -t ed25519 -C rehearsal -f").arg(&key).args(["-N", ""]);
    make.quiet().run().map_err(|error| format!("{error} (Debian: openssh-client)"))?;
    Ok(key)
}

/// As a user checks it: the signature with the public key, then each file with its sum.
fn is_signed(tools: &Tools, out: &Path, key: &Path) -> Result {
    let public = fs::read_to_string(key.with_extension("pub"))?;
    let signers = key.with_extension("signers");
    fs::write(&signers, format!("release@faceid {public}"))?;
    let verify = tools.command("ssh-keygen -Y verify -I release@faceid -n").args([dist::NAMESPACE, "-f"]);
    let verify = verify.arg(&signers).arg("-s").arg(out.join("SHA256SUMS.sig"));
    verify.stdin(fs::read(out.join("SHA256SUMS"))?).quiet().run()?;
    let check =
        tools.command("sh -eu -c").arg("cd \"$OUT\"; sha256sum --quiet --check SHA256SUMS").env("OUT", out);
    Ok(check.quiet().run()?)
}
