//! Settings from environment variables.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read as _};

use faceid_sign::Credentials;
use zeroize::Zeroizing;

use crate::config::Base;
use crate::{Config, ConfigError, Region};

pub(crate) fn read(variable: impl Fn(&str) -> Option<OsString>) -> Result<Config, ConfigError> {
    let text = |name: &'static str| match variable(name).filter(|value| !value.is_empty()) {
        None => Ok(None),
        Some(value) => match value.into_string() {
            Ok(text) => Ok(Some(text)),
            Err(_) => Err(ConfigError::new(name, "is not UTF-8")),
        },
    };
    let secret = |name: &'static str, file_name: &'static str| match (text(name)?, text(file_name)?) {
        (Some(_), Some(_)) => {
            Err(ConfigError::new(name, format!("is given together with {file_name}: give one of the two")))
        }
        (Some(value), None) => Ok((name, Zeroizing::new(value.into_bytes()))),
        (None, Some(path)) => {
            let content = File::open(path).and_then(content_of).map_err(|error| {
                ConfigError::new(file_name, "names a file that cannot be read").caused_by(error)
            })?;
            Ok((file_name, content))
        }
        (None, None) => Err(ConfigError::new(name, format!("is not set, and neither is {file_name}"))),
    };

    let (key_source, key) = secret("FACEID_API_KEY", "FACEID_API_KEY_FILE")?;
    let (secret_source, secret) = secret("FACEID_API_SECRET", "FACEID_API_SECRET_FILE")?;
    let credentials = Credentials::new(&*key, &*secret).map_err(|error| {
        let source = if error.field == "api_key" { key_source } else { secret_source };
        ConfigError::new(source, format!("cannot be used: {error}")).caused_by(error)
    })?;

    let config = match (text("FACEID_REGION")?, text("FACEID_BASE_URL")?) {
        (Some(_), Some(_)) => {
            return Err(ConfigError::new(
                "FACEID_REGION",
                "is given together with FACEID_BASE_URL: they are one setting",
            ));
        }
        (Some(region), None) => {
            let region: Region = region
                .parse()
                .map_err(|_| ConfigError::new("FACEID_REGION", "is none of china, singapore, indonesia"))?;
            Config::new(region, credentials)
        }
        (None, Some(base_url)) => Config::at(base_url, credentials),
        (None, None) => {
            return Err(ConfigError::new("FACEID_REGION", "is not set, and neither is FACEID_BASE_URL"));
        }
    };
    let config = match text("FACEID_PATH_PREFIX")? {
        Some(prefix) => config.path_prefix(prefix),
        None => config,
    };
    let config = match text("FACEID_ALLOW_HTTP")?.as_deref() {
        None | Some("0") => config,
        Some("1") => config.allow_http(true),
        Some(_) => return Err(ConfigError::new("FACEID_ALLOW_HTTP", "is neither 0 nor 1")),
    };
    // What is wrong is told by the name that the user knows it by; whether http is allowed can still be said in code.
    Base::new(&config.clone().allow_http(true)).map_err(|error| match error.setting() {
        "base_url" => error.renamed("FACEID_BASE_URL"),
        "path_prefix" => error.renamed("FACEID_PATH_PREFIX"),
        _ => error,
    })?;
    Ok(config)
}

/// What a file holds, without the line end that editors put at its end and that is no part of the secret.
fn content_of(file: File) -> io::Result<Zeroizing<Vec<u8>>> {
    /// No key and no secret comes near this; a device that never ends must end.
    const LONGEST: usize = 64 * 1024;

    // With all its room from the start: a buffer that grows leaves copies behind that nobody wipes.
    let mut content = Zeroizing::new(Vec::with_capacity(LONGEST + 1));
    file.take(LONGEST as u64 + 1).read_to_end(&mut content)?;
    if content.len() > LONGEST {
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
