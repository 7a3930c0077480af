//! The client's settings, made of what was found.

use std::fs;
use std::time::Duration;

use faceid_blocking::{Client, Config, ConfigError, Credentials, Network, Region, Retry, Roots};

use crate::console::Console;
use crate::failure::{Failure, Kind};
use crate::settings::{Found, Name, Settings, missing};
use crate::speech::Say;

impl Settings {
    /// Region or base URL: the one that was given.
    pub(crate) fn place(&self) -> Result<(Found, String), Failure> {
        if let Some(found) = self.find(Name::Region)? {
            let region: Region = found.text()?.parse().map_err(|_| found.refused(Say::NotARegion))?;
            return Ok((found, region.base_url().to_owned()));
        }
        let found = self.find(Name::BaseUrl)?.ok_or_else(|| missing(Name::Region, Say::WaysOfRegion))?;
        let url = found.text()?.to_owned();
        Ok((found, url))
    }

    /// The service at the place that was given.
    pub(crate) fn config(&self, console: &Console, credentials: Credentials) -> Result<Config, Failure> {
        let (_, base_url) = self.place()?;
        self.config_at(console, base_url, credentials)
    }

    /// The service at a place of the command's own.
    pub(crate) fn config_at(
        &self,
        console: &Console,
        base_url: String,
        credentials: Credentials,
    ) -> Result<Config, Failure> {
        self.log_origins(console)?;
        let mut config =
            Config::at(base_url, credentials).retry(Retry::default().max_attempts(self.attempts()?));
        if let Some(found) = self.find(Name::PathPrefix)? {
            config = config.path_prefix(found.text()?.to_owned());
        }
        if let Some(found) = self.find(Name::AllowHttp)? {
            config = config.allow_http(found.switch()?);
        }
        if let Some(found) = self.find(Name::Validity)? {
            config = config.validity(found.validity()?);
        }
        Ok(config.deadline(self.timeout()?))
    }

    pub(crate) fn attempts(&self) -> Result<u32, Failure> {
        self.find(Name::MaxAttempts)?.map_or(Ok(3), |found| found.attempts())
    }

    pub(crate) fn timeout(&self) -> Result<Duration, Failure> {
        self.find(Name::Timeout)?.map_or(Ok(Duration::from_secs(30)), |found| found.duration())
    }

    pub(crate) fn network(&self) -> Result<Network, Failure> {
        let Some(found) = self.find(Name::CaFile)? else {
            return Ok(Network::default());
        };
        let path = found.path();
        let pem = fs::read(&path).map_err(|error| found.unreadable(&error))?;
        Ok(Network::default().roots(Roots::Pem(pem)))
    }

    pub(crate) fn client(&self, console: &Console, config: Config) -> Result<Client, Failure> {
        let network = self.network()?;
        console.log(2, || format!("{config:?}"));
        console.log(2, || format!("{network:?}"));
        Client::with_network(config, &network).map_err(Failure::from)
    }

    /// What counts and where it came from, without anything secret.
    fn log_origins(&self, console: &Console) -> Result<(), Failure> {
        if !console.logs(1) {
            return Ok(());
        }
        if let Some(profile) = self.profile() {
            console.log(1, || format!("profile {} of {}", profile.name, profile.file.display()));
        }
        for name in Name::ALL {
            if let Some(found) = self.find(name)? {
                let shown = found.shown()?.unwrap_or("(set)");
                let origin = console.say(&self.origin(&found));
                console.log(1, || format!("{} = {shown} ({origin})", name.key()));
            }
        }
        Ok(())
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        let mut message = error.to_string();
        let mut cause = std::error::Error::source(&error);
        while let Some(source) = cause {
            message = format!("{message}: {source}");
            cause = source.source();
        }
        Self::new(Kind::Configuration, Say::CannotBeUsed.with([message.into()])).code(error.setting())
    }
}
