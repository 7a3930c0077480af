//! `cargo xtask release publish`: every crate, in order, to a registry. Run again, it goes on where it stopped.

use std::{
    env,
    ffi::OsStr,
    fs, thread,
    time::{Duration, Instant},
};

use super::{index, registry::checksum};
use crate::{
    Result,
    tools::Tools,
    workspace::{Metadata, Package},
};

/// Where to, and for how long an upload may be missing from the index afterwards.
pub(crate) struct Destination {
    /// As cargo knows it.
    pub(crate) registry: &'static str,
    pub(crate) patience: Duration,
}

/// The public one.
pub(crate) const PUBLIC: Destination =
    Destination { registry: "crates-io", patience: Duration::from_secs(600) };

const TOKEN: &str = "CARGO_REGISTRY_TOKEN";

/// What makes cargo tell within a minute of a registry that takes connections and never answers.
const BOUNDS: [(&str, &str); 2] = [("CARGO_HTTP_TIMEOUT", "15"), ("CARGO_NET_RETRY", "1")];

/// Publishes the version that HEAD is tagged with.
pub(crate) fn run() -> Result {
    has_token(env::var_os(TOKEN).as_deref())?;
    let tools = bounded(Tools::new()?.online(), |name| env::var_os(name).is_some());
    let version = super::versions::of_workspace(&tools)?;
    super::check::tree(&tools)?;
    super::check::tagged(&tools, &version)?;
    everything(&tools, &PUBLIC)
}

fn has_token(token: Option<&OsStr>) -> Result {
    if token.is_some_and(|token| !token.is_empty()) {
        return Ok(());
    }
    Err(format!("{TOKEN} is not set: nothing was published. Set it, and run this again").into())
}

/// `tools` with the bounds that are not `set` by the caller.
fn bounded(tools: Tools, set: impl Fn(&str) -> bool) -> Tools {
    let unset = BOUNDS.iter().filter(|(name, _)| !set(name));
    unset.fold(tools, |tools, (name, value)| tools.with(name, value))
}

/// Publishes what the registry lacks.
///
/// # Errors
///
/// At the first crate that cannot be published, with what to do next. What went up before it stays up, and the
/// next run leaves it alone.
pub(crate) fn everything(tools: &Tools, to: &Destination) -> Result {
    let metadata = Metadata::of_members(tools)?;
    let packages = metadata.in_publish_order()?;
    let version = packages.first().ok_or("the workspace has nothing to publish")?.version.clone();
    let total = packages.len();
    println!(
        "publish: {total} crates at {version}, packing all of them first; a registry that does not answer is waited for, for a minute"
    );
    // All of them before the first goes up: what cannot be packaged is found while nothing is done.
    let archives = package(tools, to, &metadata, &packages)?;

    for (done, (package, ours)) in packages.iter().zip(&archives).enumerate() {
        one(tools, to, package, ours).map_err(|error| {
            format!(
                "{error}\n{done} of {total} at {version}, {} is the next. When it is mended run: \
                 cargo xtask release publish",
                package.name
            )
        })?;
    }
    println!("publish: {total} of {total} at {version}");
    Ok(())
}

/// The checksums of the archives, in the order of `packages`.
pub(crate) fn package(
    tools: &Tools,
    to: &Destination,
    metadata: &Metadata,
    packages: &[&Package],
) -> Result<Vec<String>> {
    // Cargo wants to hear it where something stands in for the public registry, as a rehearsal does.
    let mut command = tools.command("cargo package --quiet --locked --no-verify --registry").arg(to.registry);
    for package in packages {
        command = command.args(["--package", &package.name]);
    }
    let output = command.ignore_status().output()?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!(
            "not everything can be packaged, so nothing was published by this run:\n{}\nWhen it is mended run: cargo \
             xtask release publish",
            said.trim_end()
        )
        .into());
    }
    packages.iter().map(|package| archive_checksum(metadata, package)).collect()
}

fn archive_checksum(metadata: &Metadata, Package { name, version, .. }: &Package) -> Result<String> {
    let path = metadata.target_directory.join(format!("package/{name}-{version}.crate"));
    let bytes = fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(checksum(&bytes))
}

fn one(tools: &Tools, to: &Destination, package: &Package, ours: &str) -> Result {
    let Package { name, version, .. } = package;
    if let Some(theirs) = index::look_up(tools, name, version)? {
        is_ours(package, &theirs, ours)?;
        println!("publish: {name} {version} is there");
        return Ok(());
    }
    println!("publish: {name} {version}");
    // Not built again: `release check` did.
    let publish = tools.command("cargo publish --quiet --locked --no-verify --registry").arg(to.registry);
    let published = publish.args(["--package", name]).ignore_status().output()?;

    println!("publish: waiting for the index to show {name} {version}");
    // An answer may be lost after the crate was taken: what counts is what the index shows.
    let began = Instant::now();
    loop {
        if let Some(theirs) = index::look_up(tools, name, version)? {
            return is_ours(package, &theirs, ours);
        }
        if !published.status.success() {
            let said = String::from_utf8_lossy(&published.stderr);
            return Err(format!("{name} {version} was not taken:\n{}", said.trim_end()).into());
        }
        if began.elapsed() >= to.patience {
            let waited = to.patience.as_secs();
            return Err(format!(
                "{name} {version} was taken, and after {waited} s the index does not show it"
            )
            .into());
        }
        thread::sleep(Duration::from_secs(1));
    }
}

fn is_ours(Package { name, version, .. }: &Package, theirs: &str, ours: &str) -> Result {
    if theirs == ours {
        return Ok(());
    }
    Err(format!(
        "the registry's {name} {version} is not this one: it has the checksum {theirs}, ours has {ours}. A version \
         cannot be replaced: publish from the revision it came from, or prepare the next version"
    )
    .into())
}

#[cfg(test)]
mod tests {
    use super::{bounded, has_token};
    use crate::tools::Tools;

    #[test]
    fn tokens() {
        for (token, valid) in [(None, false), (Some(""), false), (Some("fake-token"), true)] {
            assert_eq!(has_token(token.map(AsRef::as_ref)).is_ok(), valid, "{token:?}");
        }
    }

    #[test]
    fn what_the_caller_set_is_left() {
        let cases: [(&[&str], &str); 3] = [
            (&[], "15 1"),
            (&["CARGO_HTTP_TIMEOUT"], "own 1"),
            (&["CARGO_HTTP_TIMEOUT", "CARGO_NET_RETRY"], "own own"),
        ];
        for (set, seen) in cases {
            let own = set.iter().fold(Tools::new().unwrap(), |tools, name| tools.with(name, "own"));
            let tools = bounded(own, |name| set.contains(&name));
            let print = tools.command("sh -c").arg("echo $CARGO_HTTP_TIMEOUT $CARGO_NET_RETRY");
            assert_eq!(print.quiet().read().unwrap(), seen);
        }
    }
}
