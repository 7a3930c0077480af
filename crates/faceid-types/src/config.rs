//! Where the service is, who asks, and how patient a call is.

use std::borrow::Cow;
use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use faceid_sign::{Credentials, Validity};
use http::Uri;
use http::uri::PathAndQuery;

use crate::observe::{AttemptRecord, Observer};
use crate::{Invalid, Retry, env};

/// A region of the service.
///
/// There is no default: a user's data must not cross a border by accident.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Region {
    /// `https://api.megvii.com`. [get token]
    China,
    /// `https://api-sgp.megvii.com`. [the vendor's English pages]
    Singapore,
    /// `https://api-idn.megvii.com`. [the vendor's English pages]
    Indonesia,
}

impl Region {
    /// The base URL.
    #[must_use]
    pub const fn base_url(self) -> &'static str {
        match self {
            Self::China => "https://api.megvii.com",
            Self::Singapore => "https://api-sgp.megvii.com",
            Self::Indonesia => "https://api-idn.megvii.com",
        }
    }
}

/// `china`, `singapore` or `indonesia`, in any case.
impl FromStr for Region {
    type Err = ConfigError;

    fn from_str(name: &str) -> Result<Self, ConfigError> {
        match name.to_ascii_lowercase().as_str() {
            "china" => Ok(Self::China),
            "singapore" => Ok(Self::Singapore),
            "indonesia" => Ok(Self::Indonesia),
            _ => Err(ConfigError::new("region", "is none of china, singapore, indonesia")),
        }
    }
}

/// The settings of a client.
///
/// ```
/// use std::time::Duration;
/// use faceid_types::{Config, Credentials, Region, Retry};
///
/// let credentials = Credentials::new("fake-key", "fake-secret")?;
/// let config = Config::new(Region::Indonesia, credentials)
///     .deadline(Duration::from_secs(5))
///     .retry(Retry::default().max_attempts(2));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// What is set is checked when a client or a [`Context`](crate::Context) is made of it.
#[derive(Clone)]
pub struct Config {
    pub(crate) base_url: Cow<'static, str>,
    pub(crate) path_prefix: Cow<'static, str>,
    pub(crate) allow_http: bool,
    pub(crate) credentials: Arc<Credentials>,
    pub(crate) validity: Validity,
    pub(crate) retry: Retry,
    pub(crate) connect_timeout: Duration,
    pub(crate) attempt_timeout: Option<Duration>,
    pub(crate) deadline: Duration,
    pub(crate) observer: Option<Observer>,
}

impl Config {
    /// The service in a region, asked with this key.
    #[must_use]
    pub fn new(region: Region, credentials: Credentials) -> Self {
        Self::at(region.base_url(), credentials)
    }

    /// The service at a base URL of your own: the second brand (FinAuth), a gateway, the sandbox.
    ///
    /// The URL may carry a path. Region and base URL are one setting.
    #[must_use]
    pub fn at(base_url: impl Into<Cow<'static, str>>, credentials: Credentials) -> Self {
        Self {
            base_url: base_url.into(),
            path_prefix: "/faceid".into(),
            allow_http: false,
            credentials: Arc::new(credentials),
            validity: Validity::default(),
            retry: Retry::default(),
            connect_timeout: Duration::from_millis(3100),
            attempt_timeout: None,
            deadline: Duration::from_secs(30),
            observer: None,
        }
    }

    /// Settings from the environment.
    ///
    /// | variable | meaning |
    /// |---|---|
    /// | `FACEID_API_KEY`, or `FACEID_API_KEY_FILE` | the `api_key`, of at most 512 bytes, or a file that holds it and nothing else |
    /// | `FACEID_API_SECRET`, or `FACEID_API_SECRET_FILE` | the `api_secret`, or a file that holds it and nothing else |
    /// | `FACEID_REGION` | `china`, `singapore` or `indonesia` |
    /// | `FACEID_BASE_URL` | in place of a region |
    /// | `FACEID_PATH_PREFIX` | `/faceid` (default), or `/finauth` for the second brand |
    /// | `FACEID_ALLOW_HTTP` | `1` allows plain http beyond this machine |
    ///
    /// A variable that is empty counts as absent. One trailing line end of a file is dropped.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] names the variable: one that is missing, does not read, or is given twice over.
    pub fn from_env() -> Result<Self, ConfigError> {
        env::read(|name| std::env::var_os(name))
    }

    /// The same from any source of variables, such as a test's table.
    ///
    /// # Errors
    ///
    /// As [`from_env`](Self::from_env).
    pub fn from_vars(variable: impl Fn(&str) -> Option<std::ffi::OsString>) -> Result<Self, ConfigError> {
        env::read(variable)
    }

    /// What stands between base URL and an endpoint's path: `/faceid` (default), `/finauth` for the second brand.
    #[must_use]
    pub fn path_prefix(self, prefix: impl Into<Cow<'static, str>>) -> Self {
        Self { path_prefix: prefix.into(), ..self }
    }

    /// Allows plain `http` beyond this machine (default: no). The sign, a bearer secret, then travels in the clear.
    #[must_use]
    pub fn allow_http(self, allow: bool) -> Self {
        Self { allow_http: allow, ..self }
    }

    /// How long each sign is valid (default: 100 s, as in the vendor's samples).
    #[must_use]
    pub fn validity(self, validity: Validity) -> Self {
        Self { validity, ..self }
    }

    /// How often to ask again (default: three attempts in all).
    #[must_use]
    pub fn retry(self, retry: Retry) -> Self {
        Self { retry, ..self }
    }

    /// The time for name resolution, TCP and TLS together (default: 3.1 s).
    #[must_use]
    pub fn connect_timeout(self, timeout: Duration) -> Self {
        Self { connect_timeout: timeout, ..self }
    }

    /// The time for one attempt (default: the endpoint's own, 10 s for `get_biz_token`).
    #[must_use]
    pub fn attempt_timeout(self, timeout: Duration) -> Self {
        Self { attempt_timeout: Some(timeout), ..self }
    }

    /// The time for a whole call, its waits included (default: 30 s).
    #[must_use]
    pub fn deadline(self, deadline: Duration) -> Self {
        Self { deadline, ..self }
    }

    /// A function that gets a record of each attempt, for metrics. It runs on the calling thread or task: keep it
    /// short.
    #[must_use]
    pub fn observer(self, observer: impl Fn(&AttemptRecord<'_>) + Send + Sync + 'static) -> Self {
        Self { observer: Some(Observer(Arc::new(observer))), ..self }
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("api_key", &self.credentials.api_key())
            .field("path_prefix", &self.path_prefix)
            .field("allow_http", &self.allow_http)
            .field("validity", &self.validity)
            .field("retry", &self.retry)
            .field("connect_timeout", &self.connect_timeout)
            .field("attempt_timeout", &self.attempt_timeout)
            .field("deadline", &self.deadline)
            .finish_non_exhaustive()
    }
}

/// So much of a sign as one of a longer key has is not looked for in what is shown. Keys that were seen have 32 bytes.
const LONGEST_KEY: usize = 512;

pub(crate) fn check_key(credentials: &Credentials) -> Result<(), Invalid> {
    let len = credentials.api_key().len();
    if len > LONGEST_KEY { Err(Invalid::too_long("api_key", len, LONGEST_KEY)) } else { Ok(()) }
}

/// A setting that cannot be used. It names the setting, never its value.
#[derive(thiserror::Error)]
#[error("{setting} {problem}")]
pub struct ConfigError {
    setting: Cow<'static, str>,
    problem: Cow<'static, str>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl ConfigError {
    /// `problem` goes on from the setting's name: "is empty".
    #[must_use]
    pub fn new(setting: impl Into<Cow<'static, str>>, problem: impl Into<Cow<'static, str>>) -> Self {
        Self { setting: setting.into(), problem: problem.into(), source: None }
    }

    /// The same with the error that made it so.
    #[must_use]
    pub fn caused_by(self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self { source: Some(source.into()), ..self }
    }

    pub(crate) fn renamed(self, setting: &'static str) -> Self {
        Self { setting: setting.into(), ..self }
    }

    /// The setting's name: a variable, or `base_url` and the like.
    #[must_use]
    pub fn setting(&self) -> &str {
        &self.setting
    }
}

/// As `Display`: it is what a program shows that returns it from `main`.
impl fmt::Debug for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ConfigError({self})")
    }
}

/// The service's address, checked.
#[derive(Debug, Clone)]
pub(crate) struct Base {
    pub(crate) url: Uri,
    pub(crate) host: String,
    pub(crate) https: bool,
    pub(crate) loopback: bool,
}

impl Base {
    pub(crate) fn new(config: &Config) -> Result<Self, ConfigError> {
        let refused = |problem: &'static str| ConfigError::new("base_url", problem);
        let uri: Uri = config
            .base_url
            .parse()
            .map_err(|_| refused("is not a URL: write it as https://host[:port][/path]"))?;
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err(refused("has no scheme or no host: write it as https://host[:port][/path]"));
        };
        if authority.as_str().contains('@') {
            return Err(refused("holds a user name or a password: the service takes neither"));
        }
        if authority.host().is_empty() {
            return Err(refused("has no host"));
        }
        if authority.port_u16().is_none() && authority.as_str().len() > authority.host().len() {
            return Err(refused("has a port that is none"));
        }
        if uri.query().is_some() || config.base_url.contains('#') {
            return Err(refused("has a query or a fragment"));
        }
        let loopback = is_loopback(authority.host());
        match scheme {
            "https" => {}
            "http" if loopback || config.allow_http => {}
            "http" => {
                return Err(refused(
                    "is plain http to another machine: use https, or ask for allow_http by name",
                ));
            }
            _ => return Err(refused("is neither https nor http")),
        }
        let url = [uri.path(), &config.path_prefix]
            .iter()
            .flat_map(|path| path.split('/'))
            .filter(|segment| !segment.is_empty())
            .fold(format!("{scheme}://{authority}"), |url, segment| url + "/" + segment);
        let prefixed = url.parse::<Uri>().ok().filter(|uri| uri.query().is_none() && is_plain_path(&url));
        let url =
            prefixed.ok_or_else(|| ConfigError::new("path_prefix", "does not fit into a URL's path"))?;
        Ok(Self { url, host: authority.host().to_owned(), https: scheme == "https", loopback })
    }

    /// TLS, or a connection that does not leave this machine: what arrives was not changed on its way.
    pub(crate) fn is_trusted(&self) -> bool {
        self.https || self.loopback
    }

    /// The URL of an endpoint.
    pub(crate) fn url_of(&self, path: &str) -> Result<Uri, http::Error> {
        let slash = if path.starts_with('/') { "" } else { "/" };
        // Scheme and host are shared, not parsed again.
        let mut parts = self.url.clone().into_parts();
        let path = [self.url.path().trim_end_matches('/'), slash, path].concat();
        parts.path_and_query = Some(PathAndQuery::try_from(path)?);
        Ok(Uri::from_parts(parts)?)
    }
}

/// Neither a query or a fragment, which would be cut off with all that follows it, nor segments that some libraries
/// resolve and others send.
pub(crate) const fn is_plain_path(path: &str) -> bool {
    let path = path.as_bytes();
    let (mut at, mut segment) = (0, 0);
    while at < path.len() {
        match path[at] {
            b'?' | b'#' => return false,
            b'/' if is_relative(path, segment, at) => return false,
            b'/' => segment = at + 1,
            _ => {}
        }
        at += 1;
    }
    !is_relative(path, segment, at)
}

/// Whether this segment is `.` or `..`.
const fn is_relative(path: &[u8], from: usize, to: usize) -> bool {
    matches!(to - from, 1 | 2) && path[from] == b'.' && path[to - 1] == b'.'
}

/// 127.0.0.0/8, `::1` and `localhost`.
fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || bare.parse().is_ok_and(|address: Ipv4Addr| address.is_loopback())
        || bare.parse().is_ok_and(|address: Ipv6Addr| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base(url: &'static str, prefix: &'static str, allow_http: bool) -> Result<Base, ConfigError> {
        let credentials = Credentials::new("fake-key", "fake-secret").expect("a pair");
        Base::new(&Config::at(url, credentials).path_prefix(prefix).allow_http(allow_http))
    }

    #[test]
    fn urls_are_joined_right() {
        let cases = [
            ("https://api.megvii.com", "/faceid", "https://api.megvii.com/faceid/v5/x"),
            ("https://api.megvii.com/", "faceid/", "https://api.megvii.com/faceid/v5/x"),
            ("https://gateway.test:8443/a/b/", "/finauth", "https://gateway.test:8443/a/b/finauth/v5/x"),
            ("https://gateway.test", "", "https://gateway.test/v5/x"),
            ("https://gateway.test", "/", "https://gateway.test/v5/x"),
            ("http://127.0.0.1:80", "/faceid", "http://127.0.0.1:80/faceid/v5/x"),
            ("http://[::1]:80", "/faceid", "http://[::1]:80/faceid/v5/x"),
        ];
        for (url, prefix, expected) in cases {
            let base = base(url, prefix, false).expect(url);
            for path in ["/v5/x", "v5/x"] {
                assert_eq!(base.url_of(path).expect(path).to_string(), expected, "{url} {prefix}");
            }
        }
    }

    #[test]
    fn plain_http_stays_on_this_machine_unless_asked_for() {
        for (url, local) in [
            ("http://127.0.0.1", true),
            ("http://127.255.0.9:1", true),
            ("http://[::1]:1", true),
            ("http://localhost:1", true),
            ("http://LOCALHOST", true),
            ("http://localhost.test", false),
            ("http://128.0.0.1", false),
            ("http://[::2]", false),
            ("http://0.0.0.0", false),
            ("http://127.0.0.1.test", false),
            ("http://127.1", false),
        ] {
            assert_eq!(base(url, "", false).is_ok(), local, "{url}");
            assert!(base(url, "", true).is_ok_and(|base| base.loopback == local && !base.https), "{url}");
        }
    }

    #[test]
    fn what_is_no_base_url() {
        for url in [
            "",
            "api.megvii.com",
            "/faceid",
            "https://",
            "https:///path",
            "ftp://host.test",
            "file:///etc",
            "https://user:qxqx@host.test",
            "https://host.test?x=qxqx",
            "https://host.test#qxqx",
            "https://host test",
            "https://host.test:99999",
        ] {
            let error = base(url, "", false).expect_err(url).to_string();
            assert!(error.starts_with("base_url ") && !error.contains("qxqx"), "{url}: {error}");
        }
        assert_eq!(base("https://host.test", "/a b", false).expect_err("a blank").setting(), "path_prefix");
        for prefix in ["/faceid#x", "/a/../b", "/."] {
            assert_eq!(base("https://host.test", prefix, false).expect_err(prefix).setting(), "path_prefix");
        }
        assert_eq!(base("https://host.test", "/a?b", false).expect_err("a query").setting(), "path_prefix");
    }
}
