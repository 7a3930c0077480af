//! The profile file: a table for each profile, `[default]` among them.
//!
//! ```toml
//! [default]
//! region = "singapore"
//! api_key = "your-api-key"
//! api_secret_file = "secret"
//! ```
//!
//! A profile stands alone: the key of one never goes with the secret of another.

use std::ffi::OsString;
use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};
use std::{env, io};

use toml::{Table, Value};

use crate::failure::{Failure, Kind};
use crate::settings::Name;
use crate::speech::{Phrase, Say};

/// One profile.
pub(crate) struct Profile {
    pub(crate) name: String,
    pub(crate) file: PathBuf,
    values: Vec<(Name, OsString)>,
}

impl Profile {
    /// `None` where there is no file, or it has no `[default]`, and nobody asked for a profile by name.
    pub(crate) fn load(asked: Option<&str>) -> Result<Option<Self>, Failure> {
        let from_environment = env::var("FACEID_PROFILE").ok().filter(|name| !name.is_empty());
        let asked = asked.map(str::to_owned).or(from_environment);
        let name = asked.clone().unwrap_or_else(|| "default".to_owned());
        let absent = |file: &Path| match &asked {
            Some(name) => Err(refused(file, Say::NoSuchProfile.with([name.clone().into()]))),
            None => Ok(None),
        };
        let Some(file) = location() else {
            return absent(Path::new("config.toml"));
        };
        let unread = |error: io::Error| refused(&file, Say::CannotRead.with([error.to_string().into()]));
        match fs::metadata(&file) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return absent(&file),
            Err(error) => return Err(unread(error)),
            // A pipe would be waited for.
            Ok(metadata) if !metadata.is_file() => return Err(refused(&file, Say::NotAFile)),
            // So that a secret in it gets mended and not used.
            Ok(metadata) if !is_private(&metadata) => {
                let hint = Say::MakePrivate.with([file.display().to_string().into()]);
                return Err(refused(&file, Say::OthersCanRead).hint(hint));
            }
            Ok(_) => {}
        }
        let content = fs::read_to_string(&file).map_err(unread)?;
        // The parser's own message quotes the line, and a secret may stand in it.
        let table: Table = content.parse().map_err(|error: toml::de::Error| {
            let before = error.span().and_then(|span| content.get(..span.start)).unwrap_or_default();
            refused(&file, Say::NotToml.with([(before.matches('\n').count() + 1).to_string().into()]))
        })?;
        let outside = table.iter().find(|(key, value)| **key != name && !value.is_table());
        if let Some((key, _)) = outside {
            return Err(refused(&file, Say::NotATable.with([key.clone().into()])));
        }
        let values = match table.get(&name) {
            None => return absent(&file),
            Some(Value::Table(profile)) => values(&file, profile)?,
            Some(_) => return Err(refused(&file, Say::NotATable.with([name.into()]))),
        };
        Ok(Some(Self { name, file, values }))
    }

    pub(crate) fn get(&self, name: Name) -> Option<OsString> {
        self.values.iter().find(|(given, _)| *given == name).map(|(_, value)| value.clone())
    }
}

fn values(file: &Path, profile: &Table) -> Result<Vec<(Name, OsString)>, Failure> {
    let read = |(key, value): (&String, &Value)| {
        let unknown = || refused(file, Say::UnknownKey.with([key.clone().into()]));
        let name = Name::ALL.into_iter().find(|name| name.key() == key).ok_or_else(unknown)?;
        let value: OsString = match value {
            Value::String(text) if name.is_path() => path(file, text).into_os_string(),
            Value::String(text) => text.into(),
            Value::Integer(number) if name == Name::MaxAttempts => number.to_string().into(),
            Value::Boolean(allow) if name == Name::AllowHttp => if *allow { "1" } else { "0" }.into(),
            _ => return Err(refused(file, Say::WrongType.with([key.clone().into()]))),
        };
        Ok((name, value))
    };
    profile.iter().map(read).collect()
}

/// As the profile has it: relative to its file, or to the home of whoever runs the program.
fn path(file: &Path, text: &str) -> PathBuf {
    match text.strip_prefix("~/").zip(env::var_os("HOME")) {
        Some((rest, home)) => Path::new(&home).join(rest),
        None => file.parent().unwrap_or(Path::new("")).join(text),
    }
}

/// `$XDG_CONFIG_HOME/faceid/config.toml`, or below `~/.config`; on Windows below `%APPDATA%`, which is not tested.
fn location() -> Option<PathBuf> {
    let folder = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let base = if cfg!(windows) {
        folder("APPDATA")?
    } else {
        folder("XDG_CONFIG_HOME").or_else(|| Some(folder("HOME")?.join(".config")))?
    };
    Some(base.join("faceid").join("config.toml"))
}

/// Whether neither its group nor all others can read or write it.
#[cfg(unix)]
pub(super) fn is_private(metadata: &Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;

    metadata.permissions().mode() & 0o066 == 0
}

/// On Windows a user's own folders are closed to others by default.
#[cfg(not(unix))]
pub(super) fn is_private(_: &Metadata) -> bool {
    true
}

fn refused(file: &Path, problem: impl Into<Phrase>) -> Failure {
    let file = file.display().to_string();
    Failure::new(Kind::Configuration, Say::ProfileRefused.with([file.into(), problem.into()])).code("profile")
}
