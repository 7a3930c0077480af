//! Key and secret: from a value, a file, stdin or a prompt.

use std::fs::File;
use std::io::{self, IsTerminal as _, Read};
use std::path::Path;

use faceid_blocking::{Credentials, CredentialsFault};
use zeroize::{Zeroize as _, Zeroizing};

use crate::failure::{Failure, Kind};
use crate::settings::profile::is_private;
use crate::settings::{Found, Name, Origin, Settings, missing, place};
use crate::speech::{Phrase, Say};

/// Bytes, and where they came from.
pub(crate) struct Part {
    pub(crate) bytes: Zeroizing<Vec<u8>>,
    pub(crate) place: Phrase,
    pub(crate) origin: Origin,
}

/// Whether a secret that is nowhere else is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Prompt {
    Allowed,
    Never,
}

impl Settings {
    /// The pair. On a terminal the secret is asked for if it is nowhere else.
    pub(crate) fn credentials(&self) -> Result<Credentials, Failure> {
        let key = self.api_key()?.ok_or_else(|| missing(Name::ApiKey, Say::WaysOfKey))?;
        let secret = self.api_secret(Prompt::Allowed)?;
        let secret = secret.ok_or_else(|| missing(Name::ApiSecret, Say::WaysOfSecret))?;
        pair(&key, &secret)
    }

    pub(crate) fn api_key(&self) -> Result<Option<Part>, Failure> {
        self.part(Name::ApiKey, Name::ApiKeyFile)
    }

    pub(crate) fn api_secret(&self, prompt: Prompt) -> Result<Option<Part>, Failure> {
        let found = self.part(Name::ApiSecret, Name::ApiSecretFile)?;
        if found.is_some() || prompt == Prompt::Never || !io::stdin().is_terminal() {
            return Ok(found);
        }
        let bytes = prompted("api_secret: ")?;
        Ok(Some(Part { bytes, place: place(Name::ApiSecret, Origin::Prompt), origin: Origin::Prompt }))
    }

    fn part(&self, value: Name, file: Name) -> Result<Option<Part>, Failure> {
        let part = |found: Found, bytes| Part {
            bytes,
            place: place(found.name, found.origin),
            origin: found.origin,
        };
        if let Some(found) = self.find(value)? {
            let bytes = Zeroizing::new(found.text()?.as_bytes().to_vec());
            return Ok(Some(part(found, bytes)));
        }
        let Some(found) = self.find(file)? else {
            return Ok(None);
        };
        let bytes = if found.origin != Origin::Flag || found.path() != Path::new("-") {
            self.content(&found)?
        } else if io::stdin().is_terminal() {
            prompted("api_secret: ")?
        } else {
            read(io::stdin().lock()).map_err(|error| self.unreadable(&found, &error))?
        };
        Ok(Some(part(found, bytes)))
    }

    /// What the file holds that is named.
    fn content(&self, found: &Found) -> Result<Zeroizing<Vec<u8>>, Failure> {
        let path = found.path();
        let opened = File::open(&path).and_then(|file| Ok((file.metadata()?, read(file)?)));
        let (metadata, bytes) = opened.map_err(|error| self.unreadable(found, &error))?;
        // As the profile itself. Of a file that a flag or a variable names, whoever mounted it decides: containers have
        // their secrets open to all that is within.
        let own = found.name == Name::ApiSecretFile && found.origin == Origin::Profile;
        if own && !is_private(&metadata) {
            let hint = Say::MakePrivate.with([path.display().to_string().into()]);
            return Err(found.refused(Say::NamesShared).hint(hint));
        }
        Ok(bytes)
    }
}

/// The pair of these parts; what is wrong with one is said of the place it came from.
pub(crate) fn pair(key: &Part, secret: &Part) -> Result<Credentials, Failure> {
    let pair = Credentials::new(&*key.bytes, &*secret.bytes).map_err(|error| {
        let part = if error.field == "api_key" { key } else { secret };
        // A secret cannot stand in argv, so a bad one is never a matter of usage.
        let kind = if error.field == "api_secret" { Kind::Configuration } else { part.origin.kind() };
        Failure::new(kind, Say::SettingRefused.with([part.place.clone(), fault(error.fault).into()]))
            .code(error.field)
    })?;
    // The vendor gives out no such secret; a file of key and secret looks so, and one in UTF-16.
    if secret.bytes.iter().any(|byte| b"\n\r\0".contains(byte)) {
        let message = Say::SettingRefused.with([secret.place.clone(), Say::FaultWithin.into()]);
        return Err(Failure::new(Kind::Configuration, message).code("api_secret"));
    }
    Ok(pair)
}

pub(crate) fn fault(fault: CredentialsFault) -> Say {
    match fault {
        CredentialsFault::Empty => Say::FaultEmpty,
        CredentialsFault::EdgeBlank => Say::FaultBlank,
        CredentialsFault::EdgeLineEnd => Say::FaultLineEnd,
        CredentialsFault::EdgeByteOrderMark => Say::FaultByteOrderMark,
        CredentialsFault::Separator => Say::FaultSeparator,
        CredentialsFault::Control => Say::FaultControl,
        CredentialsFault::NonAscii => Say::FaultNonAscii,
        _ => Say::FaultOther,
    }
}

/// A line typed at the terminal, without echo.
pub(crate) fn prompted(prompt: &str) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let typed = rpassword::prompt_password(prompt);
    let typed = typed.map_err(|error| {
        Failure::new(Kind::Configuration, Say::CannotPrompt.with([error.to_string().into()]))
    })?;
    Ok(Zeroizing::new(typed.into_bytes()))
}

/// The content without the line end that editors put at the end of a file.
pub(crate) fn read(source: impl Read) -> io::Result<Zeroizing<Vec<u8>>> {
    /// No secret and no sign comes near this; a device that never ends must end.
    const LONGEST: u64 = 64 * 1024;

    // With its whole room from the start, no copy of it is left behind by growing.
    let mut content = Zeroizing::new(Vec::with_capacity(usize::try_from(LONGEST + 1).unwrap_or_default()));
    source.take(LONGEST + 1).read_to_end(&mut content)?;
    if content.len() as u64 > LONGEST {
        content.zeroize();
        return Err(io::Error::new(io::ErrorKind::InvalidData, "more than 64 KiB"));
    }
    if content.ends_with(b"\n") {
        content.pop();
        if content.ends_with(b"\r") {
            content.pop();
        }
    }
    Ok(content)
}
