//! The flags that are settings, in the groups that commands take.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use clap::builder::{PossibleValue, TypedValueParser};
use clap::{Arg, Args, Command, Error};

use crate::settings::Name;

pub(crate) type Given = Vec<(Name, OsString)>;

/// Who asks.
#[derive(Args)]
pub(crate) struct KeyFlags {
    /// The api_key; it is no secret, each sign holds it in the clear
    #[arg(long, value_name = "KEY")]
    api_key: Option<OsString>,
    /// A file that holds the api_secret and nothing else; - for stdin
    #[arg(long, value_name = "PATH")]
    pub(crate) api_secret_file: Option<PathBuf>,
}

/// Where the service is.
#[derive(Args)]
pub(crate) struct PlaceFlags {
    /// Whose service to ask; there is no default, as data must not cross a border by accident
    #[arg(long, conflicts_with = "base_url", value_parser = Regions)]
    region: Option<OsString>,
    /// In place of a region: the second brand, a gateway, a sandbox
    #[arg(long, value_name = "URL")]
    base_url: Option<OsString>,
    /// What stands before an endpoint's path: /faceid, or /finauth for the second brand
    #[arg(long, value_name = "PATH")]
    path_prefix: Option<OsString>,
    /// Allow plain http beyond this machine; the sign, a bearer secret, then travels in the clear
    #[arg(long)]
    allow_http: bool,
    /// Trust the roots in this PEM file, in place of the system's
    #[arg(long, value_name = "PEM")]
    ca_file: Option<PathBuf>,
}

/// Names the regions to help and completions, and refuses nothing: a region is refused in the same words wherever it stands.
#[derive(Clone)]
struct Regions;

impl TypedValueParser for Regions {
    type Value = OsString;

    fn parse_ref(&self, _: &Command, _: Option<&Arg>, value: &OsStr) -> Result<OsString, Error> {
        Ok(value.to_owned())
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(["china", "singapore", "indonesia"].into_iter().map(PossibleValue::new)))
    }
}

/// How patient a call is.
#[derive(Args)]
pub(crate) struct PatienceFlags {
    /// The time for a whole call, waits included, or for all that doctor asks, such as 30s or 500ms [default: 30s]
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    timeout: Option<OsString>,
    /// Attempts in all, 1 to 10 [default: 3]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    max_attempts: Option<OsString>,
}

/// How a sign is made.
#[derive(Args)]
pub(crate) struct ValidityFlags {
    /// How long a sign is valid, such as 100s or 1h, or once [default: 100s]
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    validity: Option<OsString>,
}

/// The scene.
#[derive(Args)]
pub(crate) struct SceneFlags {
    /// The id of a liveness scene made in the vendor's console
    #[arg(long, value_name = "ID")]
    liveness_id: Option<OsString>,
}

fn given<const N: usize>(flags: [(Name, Option<OsString>); N]) -> Given {
    flags.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

impl KeyFlags {
    pub(crate) fn given(&self) -> Given {
        given([
            (Name::ApiKey, self.api_key.clone()),
            (Name::ApiSecretFile, self.api_secret_file.clone().map(Into::into)),
        ])
    }
}

impl PlaceFlags {
    pub(crate) fn given(&self) -> Given {
        given([
            (Name::Region, self.region.clone()),
            (Name::BaseUrl, self.base_url.clone()),
            (Name::PathPrefix, self.path_prefix.clone()),
            (Name::AllowHttp, self.allow_http.then(|| "1".into())),
            (Name::CaFile, self.ca_file.clone().map(Into::into)),
        ])
    }
}

impl PatienceFlags {
    pub(crate) fn given(&self) -> Given {
        given([(Name::Timeout, self.timeout.clone()), (Name::MaxAttempts, self.max_attempts.clone())])
    }
}

impl ValidityFlags {
    pub(crate) fn given(&self) -> Given {
        given([(Name::Validity, self.validity.clone())])
    }
}

impl SceneFlags {
    pub(crate) fn given(&self) -> Given {
        given([(Name::LivenessId, self.liveness_id.clone())])
    }
}
