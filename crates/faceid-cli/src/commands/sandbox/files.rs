//! The files that a sandbox reads at its start, and those that it writes.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::path::Path;
use std::{fs, io, process};

use faceid_sandbox::{Key, Server};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::failure::{Failure, Kind, unread};
use crate::speech::{Phrase, Say};

/// A JSON file that holds a list, or one alone. What does not read is named by its place in the list.
pub(super) fn list<T: DeserializeOwned>(flag: &str, path: &Path) -> Result<Vec<T>, Failure> {
    let text = fs::read_to_string(path).map_err(|error| refused(flag, path, error))?;
    let items = match serde_json::from_str(&text).map_err(|error| refused(flag, path, error))? {
        Value::Array(items) => items,
        one => vec![one],
    };
    let read = |(at, item): (usize, Value)| {
        // By its fields' order an array would do, too.
        if !item.is_object() {
            return Err(refused(flag, path, format!("[{at}]: a JSON object is wanted")));
        }
        serde_path_to_error::deserialize(item)
            .map_err(|error| refused(flag, path, format!("[{at}]: {error}")))
    };
    items.into_iter().enumerate().map(read).collect()
}

/// As [`list`], of which there is one at least and none twice: each sandbox without keys of its own has the demo pair.
pub(super) fn keys(flag: &str, path: &Path) -> Result<Vec<Key>, Failure> {
    let keys: Vec<Key> = list(flag, path)?;
    let mut names = BTreeSet::new();
    if keys.is_empty() {
        return Err(refused(flag, path, "there is no key in it"));
    }
    match keys.iter().map(Key::api_key).find(|name| !names.insert(*name)) {
        Some(twice) => Err(refused(flag, path, format!("the api_key {twice} is there more than once"))),
        None => Ok(keys),
    }
}

/// By which whoever started the sandbox finds it.
pub(super) struct ReadyFile<'a> {
    path: Option<&'a Path>,
    content: String,
}

impl<'a> ReadyFile<'a> {
    /// One of an earlier run would send its reader elsewhere.
    pub(super) fn at(path: Option<&'a Path>) -> Self {
        // There may be none.
        let _ = path.map(fs::remove_file);
        Self { path, content: String::new() }
    }

    /// Nobody sees half of it.
    pub(super) fn write(&mut self, server: &Server) -> Result<(), Failure> {
        let Some(path) = self.path else {
            return Ok(());
        };
        self.content = format!("{}\n", json!({ "url": server.url(), "pid": process::id() }));
        let mut beside = path.as_os_str().to_owned();
        beside.push(format!(".{}", process::id()));
        fs::write(&beside, &self.content)
            .and_then(|()| fs::rename(&beside, path))
            .map_err(|error| refused("--ready-file", path, error))
    }

    /// Another sandbox may have written its own there since.
    pub(super) fn remove(&self) {
        if let Some(path) = self.path
            && fs::read_to_string(path).is_ok_and(|content| content == self.content)
        {
            let _ = fs::remove_file(path);
        }
    }
}

/// The certificate that clients are to trust.
pub(super) fn write_ca(path: Option<&Path>, server: &Server) -> Result<(), Failure> {
    let Some((path, pem)) = path.zip(server.ca_pem()) else {
        return Ok(());
    };
    fs::write(path, pem).map_err(|error| refused("--ca-out", path, error))
}

/// A file that holds a secret. Its name is not repeated: it may be the secret, in the wrong place.
pub(super) fn unreadable(flag: &str, error: &io::Error) -> Failure {
    problem(flag, Say::FileUnreadable.with([unread(error)]))
}

fn refused(flag: &str, path: &Path, error: impl Display) -> Failure {
    problem(flag, Say::FileRefused.with([path.display().to_string().into(), error.to_string().into()]))
}

fn problem(flag: &str, problem: Phrase) -> Failure {
    Failure::new(Kind::Configuration, Say::SettingRefused.with([flag.into(), problem]))
        .code(flag.trim_start_matches("--").replace('-', "_"))
}
