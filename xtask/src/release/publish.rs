//! `cargo xtask release publish`: every crate, in order, to a registry. Run again, it goes on where it stopped.

use std::{
    env,
    ffi::OsStr,
    fs, thread,
    time::{Duration, Instant},
};

use super::{check, index, registry::checksum, versions};
use crate::{
    Result,
    tools::Tools,
    workspace::{Metadata, Package},
};

/// Where to, and for how long an upload may be missing from the index afterwards.
pub(crate) struct Destination {
    /// As cargo knows it.
    pub(crate) registry: &'static str,
    /// How the names of cargo's variables for it begin.
    pub(crate) variables: &'static str,
    pub(crate) patience: Duration,
}

/// The public one.
pub(crate) const PUBLIC: Destination =
    Destination { registry: "crates-io", variables: "CARGO_REGISTRY", patience: Duration::from_secs(600) };

const TOKEN: &str = "CARGO_REGISTRY_TOKEN";

/// What makes cargo, and git, tell within a minute of a server that takes connections and never answers.
const BOUNDS: [(&str, &str); 5] = [
    ("CARGO_HTTP_TIMEOUT", "15"),
    ("CARGO_NET_RETRY", "1"),
    ("GIT_HTTP_LOW_SPEED_LIMIT", "1"),
    ("GIT_HTTP_LOW_SPEED_TIME", "30"),
    ("GIT_SSH_COMMAND", "ssh -o ConnectTimeout=30 -o ServerAliveInterval=15"),
];

/// Publishes the version that HEAD is tagged with.
pub(crate) fn run() -> Result {
    has_token(env::var_os(TOKEN).as_deref())?;
    let tools = Tools::new()?.online();
    // An ssh of the caller's own may be the only one that gets in.
    let own_ssh = env::var_os("GIT_SSH").is_some() || tools.succeeds("git config core.sshCommand");
    let is_set = |name: &str| env::var_os(name).is_some() || name == "GIT_SSH_COMMAND" && own_ssh;
    in_tree(&bounded(tools, is_set), &PUBLIC)
}

/// The same from the tree that `tools` work in.
pub(crate) fn in_tree(tools: &Tools, to: &Destination) -> Result {
    let version = versions::of_workspace(tools)?;
    if !check::is_tagged(tools, &version)? {
        let tag = format!("v{version}");
        let first = if check::has_tag(tools, &tag)? {
            format!("git checkout {tag}")
        } else {
            format!("cargo xtask release prepare {version}")
        };
        return Err(
            format!("HEAD is not {tag}, so nothing was sent. Run {first}, and then this again").into()
        );
    }
    check::quick(tools, &version)?;
    check::pushed(tools, &version)?;
    everything(tools, to)
}

fn has_token(token: Option<&OsStr>) -> Result {
    if token.is_some_and(|token| !token.to_string_lossy().trim().is_empty()) {
        return Ok(());
    }
    Err(format!("{TOKEN} is not set, or blank: nothing was published. Set it, and run this again").into())
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
        "publish: {total} crates at {version}, looking up and packing all of them first; a registry that does not answer is waited for, for a minute"
    );
    let missing = missing(tools, to, &metadata, &packages).map_err(|error| {
        format!(
            "{error}\nNothing was published by this run. When it is mended run: cargo xtask release publish"
        )
    })?;
    for (sent, (package, ours)) in missing.iter().enumerate() {
        let done = total - missing.len() + sent;
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

/// What is not there yet, with its checksum. All are looked up and packed before the first goes up: an index that cannot
/// be read, what cannot be packed, and what is there and not ours are found while nothing is done.
fn missing<'a>(
    tools: &Tools,
    to: &Destination,
    metadata: &Metadata,
    packages: &[&'a Package],
) -> Result<Vec<(&'a Package, String)>> {
    // First, as it is one question to the index: a pack asks for each crate of others, and waits as often for no answer.
    let there = packages.iter().map(|package| index::look_up(tools, &package.name, &package.version));
    let there = there.collect::<Result<Vec<_>>>()?;
    let archives = package(tools, to, metadata, packages)?;
    let mut missing = Vec::new();
    for ((package, ours), theirs) in packages.iter().zip(archives).zip(there) {
        if is_ours(package, &ours, theirs)? {
            println!("publish: {} {} is there", package.name, package.version);
        } else {
            missing.push((*package, ours));
        }
    }
    Ok(missing)
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
        return Err(format!("not everything can be packaged:\n{}", said.trim_end()).into());
    }
    packages.iter().map(|package| archive_checksum(metadata, package)).collect()
}

fn archive_checksum(metadata: &Metadata, Package { name, version, .. }: &Package) -> Result<String> {
    let path = metadata.target_directory.join(format!("package/{name}-{version}.crate"));
    let bytes = fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(checksum(&bytes))
}

/// Whether what the registry has, if anything, is this one.
///
/// # Errors
///
/// If it is another.
fn is_ours(Package { name, version, .. }: &Package, ours: &str, theirs: Option<String>) -> Result<bool> {
    match theirs {
        None => Ok(false),
        Some(theirs) if theirs == ours => Ok(true),
        Some(theirs) => Err(format!(
            "the registry's {name} {version} is not this one: it has the checksum {theirs}, ours has {ours}. A version \
             cannot be replaced: publish from the revision it came from, or prepare the next version"
        )
        .into()),
    }
}

fn one(tools: &Tools, to: &Destination, package: &Package, ours: &str) -> Result {
    let Package { name, version, .. } = package;
    println!("publish: {name} {version}");
    // Not built again: `release check` did.
    let publish = tools.command("cargo publish --quiet --locked --no-verify --registry").arg(to.registry);
    // The token comes from the environment, whatever cargo's configuration would ask for one.
    let publish = publish.env(format!("{}_CREDENTIAL_PROVIDER", to.variables), "cargo:token");
    let published = publish.args(["--package", name]).ignore_status().output()?;
    let said = String::from_utf8_lossy(&published.stderr);
    // A run before this one may have sent it, to an index that is late.
    let taken = published.status.success() || said.contains("already uploaded");

    let patience = to.patience.as_secs();
    println!("publish: waiting until the index shows {name} {version}, for {patience} s at most");
    // An answer may be lost after the crate was taken: what counts is what the index shows.
    let began = Instant::now();
    while !is_ours(package, ours, index::look_up(tools, name, version)?)? {
        if !taken {
            return Err(format!("{name} {version} was not taken:\n{}", said.trim_end()).into());
        }
        if began.elapsed() >= to.patience {
            return Err(format!(
                "{name} {version} was taken, and after {patience} s the index does not show it"
            )
            .into());
        }
        thread::sleep(Duration::from_secs(1));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{BOUNDS, bounded, has_token};
    use crate::tools::Tools;

    #[test]
    fn tokens() {
        for (token, valid) in
            [(None, false), (Some(""), false), (Some(" \n"), false), (Some("fake-token"), true)]
        {
            assert_eq!(has_token(token.map(AsRef::as_ref)).is_ok(), valid, "{token:?}");
        }
    }

    #[test]
    fn what_the_caller_set_is_left() {
        let ssh = "ssh -o ConnectTimeout=30 -o ServerAliveInterval=15";
        let cases: [(&[&str], &str); 3] = [
            (&[], &format!("15 1 1 30 {ssh}")),
            (&["CARGO_HTTP_TIMEOUT"], &format!("own 1 1 30 {ssh}")),
            (&["CARGO_NET_RETRY", "GIT_HTTP_LOW_SPEED_TIME", "GIT_SSH_COMMAND"], "15 own 1 own own"),
        ];
        for (set, seen) in cases {
            let own = set.iter().fold(Tools::new().unwrap(), |tools, name| tools.with(name, "own"));
            let tools = bounded(own, |name| set.contains(&name));
            let names = BOUNDS.map(|(name, _)| format!("${name}")).join(" ");
            let print = tools.command("sh -c").arg(format!("echo {names}"));
            assert_eq!(print.quiet().read().unwrap(), seen);
        }
    }
}
