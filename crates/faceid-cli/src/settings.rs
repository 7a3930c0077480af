//! Where settings come from: a flag, else the environment, else the profile file, else a default.

pub(crate) mod flags;
pub(crate) mod keys;
mod profile;
pub(crate) mod service;
pub(crate) mod values;

use std::ffi::OsString;
use std::path::PathBuf;
use std::{env, io};

use crate::failure::{Failure, Kind, unread};
use crate::settings::profile::Profile;
use crate::speech::{Phrase, Say};

/// A setting. Its name gives the flag (`--base-url`), the variable (`FACEID_BASE_URL`) and the profile's key (`base_url`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Name {
    ApiKey,
    ApiKeyFile,
    ApiSecret,
    ApiSecretFile,
    Region,
    BaseUrl,
    PathPrefix,
    AllowHttp,
    CaFile,
    LivenessId,
    Validity,
    Timeout,
    MaxAttempts,
}

impl Name {
    /// In the order in which they are shown.
    pub(crate) const ALL: [Self; 13] = [
        Self::ApiKey,
        Self::ApiKeyFile,
        Self::ApiSecret,
        Self::ApiSecretFile,
        Self::Region,
        Self::BaseUrl,
        Self::PathPrefix,
        Self::AllowHttp,
        Self::CaFile,
        Self::LivenessId,
        Self::Validity,
        Self::Timeout,
        Self::MaxAttempts,
    ];

    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::ApiKey => "api_key",
            Self::ApiKeyFile => "api_key_file",
            Self::ApiSecret => "api_secret",
            Self::ApiSecretFile => "api_secret_file",
            Self::Region => "region",
            Self::BaseUrl => "base_url",
            Self::PathPrefix => "path_prefix",
            Self::AllowHttp => "allow_http",
            Self::CaFile => "ca_file",
            Self::LivenessId => "liveness_id",
            Self::Validity => "validity",
            Self::Timeout => "timeout",
            Self::MaxAttempts => "max_attempts",
        }
    }

    /// The one that cannot be given together with it.
    const fn rival(self) -> Option<Self> {
        match self {
            Self::ApiKey => Some(Self::ApiKeyFile),
            Self::ApiKeyFile => Some(Self::ApiKey),
            Self::ApiSecret => Some(Self::ApiSecretFile),
            Self::ApiSecretFile => Some(Self::ApiSecret),
            Self::Region => Some(Self::BaseUrl),
            Self::BaseUrl => Some(Self::Region),
            _ => None,
        }
    }

    pub(crate) const fn default(self) -> Option<&'static str> {
        match self {
            Self::PathPrefix => Some("/faceid"),
            Self::AllowHttp => Some("0"),
            Self::Validity => Some("100s"),
            Self::Timeout => Some("30s"),
            Self::MaxAttempts => Some("3"),
            _ => None,
        }
    }

    pub(crate) fn flag(self) -> String {
        format!("--{}", self.key().replace('_', "-"))
    }

    pub(crate) fn variable(self) -> String {
        format!("FACEID_{}", self.key().to_ascii_uppercase())
    }

    /// Whether its value is a path, which in the profile file is relative to that file.
    const fn is_path(self) -> bool {
        matches!(self, Self::ApiKeyFile | Self::ApiSecretFile | Self::CaFile)
    }
}

/// Where a value came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    Flag,
    Environment,
    Profile,
    Default,
    /// Typed in.
    Prompt,
}

impl Origin {
    /// What a value from here that cannot be used is a matter of.
    pub(crate) fn kind(self) -> Kind {
        if self == Self::Flag { Kind::Usage } else { Kind::Configuration }
    }
}

/// A value, and where it came from.
#[derive(Clone)]
pub(crate) struct Found {
    pub(crate) name: Name,
    pub(crate) origin: Origin,
    value: OsString,
}

impl Found {
    pub(crate) fn text(&self) -> Result<&str, Failure> {
        self.value.to_str().ok_or_else(|| self.refused(Say::NotUtf8))
    }

    /// The value as a person may see it; `None` where it is secret, or has a password in it.
    pub(crate) fn shown(&self) -> Result<Option<&str>, Failure> {
        let text = self.text()?;
        let secret = match self.name {
            Name::ApiSecret => true,
            // The client refuses a URL with a password, but it is shown before that.
            Name::BaseUrl => text.contains('@'),
            // What names no file may be the secret itself.
            Name::ApiSecretFile => text != "-" && !self.path().exists(),
            _ => false,
        };
        Ok((!secret).then_some(text))
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.value.clone().into()
    }

    /// The value cannot be used, for this reason; the value itself is never shown.
    pub(crate) fn refused(&self, problem: impl Into<Phrase>) -> Failure {
        Failure::new(
            self.origin.kind(),
            Say::SettingRefused.with([place(self.name, self.origin), problem.into()]),
        )
        .code(self.name.key())
    }
}

/// A setting as its user wrote it down.
pub(crate) fn place(name: Name, origin: Origin) -> Phrase {
    match origin {
        Origin::Flag => name.flag().into(),
        Origin::Environment => name.variable().into(),
        Origin::Profile => Say::InProfile.with([name.key().into()]),
        Origin::Default | Origin::Prompt => name.key().into(),
    }
}

/// All that was given, layer by layer.
pub(crate) struct Settings {
    flags: Vec<(Name, OsString)>,
    environment: bool,
    profile: Option<Profile>,
}

impl Settings {
    /// `profile` is the name that was asked for on the command line.
    pub(crate) fn load(flags: Vec<(Name, OsString)>, profile: Option<&str>) -> Result<Self, Failure> {
        Self { flags: flags.clone(), environment: false, profile: None }.fit()?;
        Ok(Self { flags, environment: true, profile: Profile::load(profile)? })
    }

    /// Whether what is given reads: a wrong flag is named before a setting that is missing.
    fn fit(&self) -> Result<(), Failure> {
        for name in [Name::Region, Name::Validity, Name::Timeout, Name::MaxAttempts] {
            match (name, self.find(name)?) {
                (Name::Region, Some(_)) => drop(self.place()?),
                (Name::Validity, Some(found)) => drop(found.validity()?),
                (Name::Timeout, Some(found)) => drop(found.duration()?),
                (Name::MaxAttempts, Some(found)) => drop(found.attempts()?),
                _ => {}
            }
        }
        Ok(())
    }

    /// What stands on the command line, and nothing else.
    #[cfg(feature = "sandbox")]
    pub(crate) fn of_flags(flags: Vec<(Name, OsString)>) -> Self {
        Self { flags, environment: false, profile: None }
    }

    /// What the environment has, and nothing else.
    #[cfg(feature = "sandbox")]
    pub(crate) fn of_environment() -> Self {
        Self { flags: Vec::new(), environment: true, profile: None }
    }

    /// The value that counts. A layer that has the setting's rival hides what lies below.
    pub(crate) fn find(&self, name: Name) -> Result<Option<Found>, Failure> {
        for origin in [Origin::Flag, Origin::Environment, Origin::Profile] {
            let value = self.layer(origin, name);
            let rival = name.rival().and_then(|rival| Some((rival, self.layer(origin, rival)?)));
            return match (value, rival) {
                (Some(value), Some((rival, _))) => {
                    let found = Found { name, origin, value };
                    Err(found.refused(Say::GivenTwice.with([place(rival, origin)])))
                }
                (Some(value), None) => Ok(Some(Found { name, origin, value })),
                (None, Some(_)) => Ok(None),
                (None, None) => continue,
            };
        }
        let found = |value: &str| Found { name, origin: Origin::Default, value: value.into() };
        Ok(name.default().map(found))
    }

    /// Where the profile came from, for `-v` and `config show`.
    pub(crate) fn profile(&self) -> Option<&Profile> {
        self.profile.as_ref()
    }

    /// The file that this names cannot be read. That is a matter of the machine, whoever named the file. The name is not
    /// repeated: it may be the secret, in the wrong place.
    pub(crate) fn unreadable(&self, found: &Found, error: &io::Error) -> Failure {
        let failure = found.refused(Say::FileUnreadable.with([unread(error)]));
        let profile = self.profile.as_ref().filter(|_| found.origin == Origin::Profile);
        let folder = profile.and_then(|profile| profile.file.parent());
        let hint = folder.map(|folder| Say::PathsBegin.with([folder.display().to_string().into()]));
        Failure { kind: Kind::Configuration, hint, ..failure }
    }

    /// Where a value came from, in words.
    pub(crate) fn origin(&self, found: &Found) -> Phrase {
        match found.origin {
            Origin::Flag => Say::OriginFlag.with([found.name.flag().into()]),
            Origin::Environment => Say::OriginEnvironment.with([found.name.variable().into()]),
            Origin::Profile => {
                let profile = self.profile.as_ref();
                let (name, file) = profile
                    .map(|profile| (profile.name.clone(), profile.file.display().to_string()))
                    .unwrap_or_default();
                Say::OriginProfile.with([name.into(), file.into()])
            }
            Origin::Default => Say::OriginDefault.into(),
            Origin::Prompt => Say::OriginPrompt.into(),
        }
    }

    fn layer(&self, origin: Origin, name: Name) -> Option<OsString> {
        match origin {
            Origin::Flag => {
                self.flags.iter().find(|(given, _)| *given == name).map(|(_, value)| value.clone())
            }
            Origin::Environment if self.environment => {
                env::var_os(name.variable()).filter(|value| !value.is_empty())
            }
            Origin::Profile => self.profile.as_ref()?.get(name),
            Origin::Environment | Origin::Default | Origin::Prompt => None,
        }
    }
}

/// A setting that a command cannot do without.
pub(crate) fn missing(name: Name, ways: Say) -> Failure {
    Failure::new(Kind::Configuration, Say::NotGiven.with([name.key().into()])).hint(ways).code(name.key())
}
