//! The client's settings, made of what was found.

use std::fs;
use std::time::Duration;

use faceid_blocking::{Client, Config, ConfigError, Credentials, Network, Region, Retry, Roots};

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use crate::console::Console;
use crate::failure::{Failure, Kind, known};
use crate::settings::{Found, Name, Settings, missing};
use crate::speech::{Phrase, Say};

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
        self.log_origins(console)?;
        self.config_at(base_url, credentials)
    }

    /// The service at a place of the command's own.
    pub(crate) fn config_at(&self, base_url: String, credentials: Credentials) -> Result<Config, Failure> {
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
        let pem = fs::read(&path).map_err(|error| self.unreadable(&found, &error))?;
        let unfit = |problem: Say| Failure { kind: Kind::Configuration, ..found.refused(problem) };
        // Asked here, where it is known who named the file.
        let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
        let certificates = certificates.unwrap_or_default();
        if certificates.is_empty() {
            return Err(unfit(Say::NoCertificate));
        }
        let mut roots = RootCertStore::empty();
        if certificates.into_iter().any(|certificate| roots.add(certificate).is_err()) {
            return Err(unfit(Say::NoRoot));
        }
        Ok(Network::default().roots(Roots::Pem(pem)))
    }

    /// The client, and what it is made of in the log.
    pub(crate) fn client(
        &self,
        console: &Console,
        config: Config,
        network: &Network,
    ) -> Result<Client, Failure> {
        console.log(2, || format!("{config:?}"));
        console.log(2, || format!("{network:?}"));
        Client::with_network(config, network).map_err(|error| self.refused(error))
    }

    /// What the library refuses, said of where it stands: a flag is a matter of usage.
    pub(crate) fn refused(&self, error: ConfigError) -> Failure {
        let name = Name::ALL.into_iter().find(|name| name.key() == error.setting());
        match name.and_then(|name| self.find(name).ok()?) {
            Some(found) => found.refused(problem(&error)),
            None => error.into(),
        }
    }

    /// What counts and where it came from, without anything secret.
    pub(crate) fn log_origins(&self, console: &Console) -> Result<(), Failure> {
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
        let message = Say::SettingRefused.with([error.setting().into(), problem(&error)]);
        Self::new(Kind::Configuration, message).code(error.setting())
    }
}

/// What the library says of a setting, and why.
fn problem(error: &ConfigError) -> Phrase {
    const KNOWN: [Say; 18] = [
        Say::UrlNone,
        Say::UrlNoHost,
        Say::UrlPassword,
        Say::HostMissing,
        Say::PortNone,
        Say::UrlQuery,
        Say::UrlHttp,
        Say::UrlScheme,
        Say::PrefixRefused,
        Say::RandomFailed,
        Say::ProxyNotUrl,
        Say::ProxyScheme,
        Say::ProxyNoHost,
        Say::RootsNoStore,
        Say::RootsUnfit,
        Say::RootsEmpty,
        Say::RootsNotPem,
        Say::FieldTooLong,
    ];
    let text = error.to_string();
    let mut problem = known(&KNOWN, text.strip_prefix(error.setting()).unwrap_or(&text).trim_start());
    let mut cause = std::error::Error::source(error);
    while let Some(source) = cause {
        problem = Say::Because.with([problem, source.to_string().into()]);
        cause = source.source();
    }
    problem
}

#[cfg(test)]
mod tests {
    use faceid_blocking::{Context, Proxy, ProxyUrl};

    use crate::speech::Lang;

    use super::*;

    /// Each of these is the library's own text, and has a Chinese one.
    #[test]
    fn what_the_library_refuses_is_said_in_chinese() {
        let pair = || Credentials::new("fake-key", "fake-secret").unwrap();
        let urls = [
            "a b",
            "host",
            "https://a:b@host",
            "https://host:x9",
            "https://host?a",
            "http://host",
            "ftp://host",
        ];
        let mut refused: Vec<ConfigError> =
            urls.map(|url| Context::new(Config::at(url, pair())).unwrap_err()).into();
        refused.push(Context::new(Config::at("https://host", pair()).path_prefix("/../")).unwrap_err());
        let long = Credentials::new("k".repeat(513), "fake-secret").unwrap();
        refused.push(Context::new(Config::at("https://host", long)).unwrap_err());
        let context = Context::new(Config::at("https://host", pair())).unwrap();
        for proxy in ["a b", "socks5://host", "http://host:99999"] {
            let network = Network::default().proxy(Proxy::Url(ProxyUrl::new(proxy)));
            refused.push(network.proxy_for(&context).unwrap_err());
        }
        for pem in ["", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
            let network = Network::default().roots(Roots::Pem(pem.into()));
            refused.push(network.tls_config(&context).unwrap_err());
        }
        for error in refused {
            let english = error.to_string();
            let failure = Failure::from(error);
            assert!(failure.message.to(Lang::En).starts_with(&english), "{english}");
            assert!(!failure.message.to(Lang::Zh).contains(&english), "{english}");
        }
    }
}
