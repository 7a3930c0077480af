//! A registry on this machine, for rehearsals: sparse index, download and publish, as cargo speaks to one.
//!
//! It stands in for the public registry: it has the crates of others that the lock file names, from cargo's own
//! store, and takes ours as they are published. What it gets wrong on purpose is a [`Fault`].

mod entry;
mod fault;
mod http;

use std::{
    collections::BTreeMap,
    fs,
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    thread,
};

use self::http::{Request, Response};
use crate::{Result, tools::Tools, workspace::Metadata};

pub(crate) use self::{
    entry::{checksum, locked_checksums},
    fault::Fault,
};

/// What cargo is told to call it.
pub(crate) const NAME: &str = "rehearsal";

/// How the names of cargo's variables for it begin.
pub(crate) const VARIABLES: &str = "CARGO_REGISTRIES_REHEARSAL";

/// The one token that may publish.
pub(crate) const TOKEN: &str = "rehearsal-token";

/// A running registry. It runs as long as this program.
pub(crate) struct Registry {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    /// By name, in the order in which they came.
    versions: BTreeMap<String, Vec<Version>>,
    /// What is left of a fault, and the crate it is for.
    faults: Vec<(String, Fault)>,
    /// The crates that were taken.
    uploads: Vec<String>,
}

struct Version {
    number: String,
    /// Its line of the index.
    line: String,
    archive: Archive,
}

enum Archive {
    Uploaded(Vec<u8>),
    Stored(PathBuf),
}

impl Registry {
    /// An empty one.
    pub(crate) fn start() -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let address = listener.local_addr()?;
        let state = Arc::<Mutex<State>>::default();
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&shared);
                // A client that goes away is not the registry's to report.
                thread::spawn(move || _ = serve(&stream, address, &shared));
            }
        });
        Ok(Self { address, state })
    }

    /// Takes in what the workspace's lock file names of others, from where cargo keeps what it fetched.
    pub(crate) fn add_others(&self, tools: &Tools) -> Result {
        let metadata = Metadata::of_locked_graph(tools)?;
        let checksums = entry::locked_checksums(&fs::read_to_string(tools.path("Cargo.lock"))?)?;
        let mut state = lock(&self.state);
        for package in metadata.packages.iter().filter(|package| package.foreign) {
            let archive = stored_archive(&package.folder)?;
            let key = (package.name.clone(), package.version.clone());
            let checksum = checksums.get(&key).ok_or_else(|| format!("Cargo.lock lacks {key:?}"))?;
            state.versions.entry(package.name.clone()).or_default().push(Version {
                number: package.version.clone(),
                line: entry::of_package(&package.json, checksum)?.to_string(),
                archive: Archive::Stored(archive),
            });
        }
        Ok(())
    }

    /// All versions of the crate of that name are there, and not for new users.
    #[cfg(test)]
    pub(crate) fn yank(&self, krate: &str) {
        for version in lock(&self.state).versions.get_mut(krate).into_iter().flatten() {
            version.line = version.line.replace("\"yanked\":false", "\"yanked\":true");
        }
    }

    /// The crate of that name was never there.
    #[cfg(test)]
    pub(crate) fn forget(&self, krate: &str) {
        lock(&self.state).versions.remove(krate);
    }

    /// From now on, `fault` for the crate of that name.
    pub(crate) fn inject(&self, krate: &str, fault: Fault) {
        lock(&self.state).faults.push((krate.to_owned(), fault));
    }

    /// From now on, none for it.
    pub(crate) fn clear_fault(&self, krate: &str) {
        lock(&self.state).faults.retain(|(name, _)| name != krate);
    }

    /// The crates that were taken, in order.
    pub(crate) fn uploads(&self) -> Vec<String> {
        lock(&self.state).uploads.clone()
    }

    /// The SHA-256 of the archive that was uploaded.
    pub(crate) fn checksum_of(&self, krate: &str) -> Option<String> {
        match &lock(&self.state).versions.get(krate)?.last()?.archive {
            Archive::Uploaded(bytes) => Some(checksum(bytes)),
            Archive::Stored(_) => None,
        }
    }

    /// `tools` whose cargo takes this for the public registry, with `home` as its store: nothing of a rehearsal
    /// gets into the caller's.
    pub(crate) fn taken_by(&self, tools: Tools, home: &Path) -> Result<Tools> {
        fs::create_dir_all(home)?;
        let url = format!("sparse+http://{}/index/", self.address);
        let config = format!(
            "[registries.{NAME}]\nindex = \"{url}\"\n\n[source.crates-io]\nreplace-with = \"{NAME}\"\n\n\
             [source.{NAME}]\nregistry = \"{url}\"\n\n[http]\ntimeout = 5\n\n[net]\nretry = 1\n"
        );
        fs::write(home.join("config.toml"), config)?;
        let tools = tools.with("CARGO_HOME", home).with(&format!("{VARIABLES}_TOKEN"), TOKEN);
        Ok(tools.with("CARGO_NET_OFFLINE", "false"))
    }
}

fn lock(state: &Mutex<State>) -> std::sync::MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Cargo keeps the archive of `registry/src/<host>/<crate>` as `registry/cache/<host>/<crate>.crate`.
fn stored_archive(folder: &Path) -> Result<PathBuf> {
    let parts = || {
        let krate = folder.file_name()?.to_str()?;
        let host = folder.parent()?;
        let store = host.parent()?.parent()?;
        Some(store.join("cache").join(host.file_name()?).join(format!("{krate}.crate")))
    };
    let archive = parts().filter(|archive| archive.is_file());
    archive.ok_or_else(|| format!("cargo has no archive for {}: run cargo fetch", folder.display()).into())
}

fn serve(stream: &TcpStream, address: SocketAddr, state: &Mutex<State>) -> Result {
    let request = http::read(stream)?;
    let response = answer(&request, address, state)?;
    http::write(stream, &request, &response)
}

fn answer(request: &Request, address: SocketAddr, state: &Mutex<State>) -> Result<Response> {
    let path = request.path.split('/').filter(|part| !part.is_empty()).collect::<Vec<_>>();
    let mut state = lock(state);
    Ok(match (request.method.as_str(), path.as_slice()) {
        ("GET", ["index", "config.json"]) => {
            Response::ok(format!(r#"{{"dl":"http://{address}/crates","api":"http://{address}"}}"#))
        }
        ("GET", ["index", .., krate]) => {
            let page = state.versions.get(*krate).map(|versions| {
                versions.iter().map(|version| version.line.as_str()).collect::<Vec<_>>().join("\n")
            });
            match fault::on_index(&mut state.faults, krate, page.as_deref()) {
                Some(faulty) => return Ok(faulty),
                None => page.map_or_else(Response::not_found, Response::ok),
            }
        }
        ("GET", ["crates", krate, number, "download"]) => {
            let versions = state.versions.get(*krate).into_iter().flatten();
            let mut versions = versions.filter(|version| version.number == *number);
            match versions.next().map(|version| &version.archive) {
                Some(Archive::Uploaded(bytes)) => Response::ok(bytes.clone()),
                Some(Archive::Stored(path)) => Response::ok(fs::read(path)?),
                None => Response::not_found(),
            }
        }
        ("PUT", ["api", "v1", "crates", "new"]) if request.token.as_deref() != Some(TOKEN) => {
            Response::error(403, "the token may not publish")
        }
        ("PUT", ["api", "v1", "crates", "new"]) => {
            let (json, archive) = entry::split_upload(&request.body)?;
            let line = entry::of_upload(&json, &archive)?;
            let krate = entry::text(&json, "name")?;
            let number = entry::text(&json, "vers")?;
            if let Some(faulty) = fault::on_upload(&mut state.faults, &krate) {
                return Ok(faulty);
            }
            let versions = state.versions.entry(krate.clone()).or_default();
            if versions.iter().any(|version| version.number == number) {
                let refusal = format!("crate {krate}@{number} is already uploaded");
                return Ok(Response::error(400, &refusal));
            }
            versions.push(Version { number, line: line.to_string(), archive: Archive::Uploaded(archive) });
            state.uploads.push(krate);
            Response::ok(r#"{"warnings":{"invalid_categories":[],"invalid_badges":[],"other":[]}}"#)
        }
        _ => Response::not_found(),
    })
}
