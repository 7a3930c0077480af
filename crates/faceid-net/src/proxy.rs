//! Whether a proxy stands between, and which.

use std::fmt;
use std::net::IpAddr;

use faceid_types::ConfigError;
use http::Uri;
use http::uri::Authority;

/// Where to find the proxy.
///
/// A proxy is used for https alone, through a tunnel, so that it sees neither sign nor answer; the service on this
/// machine is always asked directly.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub enum Proxy {
    /// In `HTTPS_PROXY` or else `ALL_PROXY`, unless `NO_PROXY` names the host; each of them in either case.
    #[default]
    Environment,
    /// There is none.
    Direct,
    /// Here, whatever the environment says.
    Url(ProxyUrl),
}

/// A proxy's URL: `http://` or `https://`, with a user name and a password if it asks for them.
///
/// `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct ProxyUrl(String);

impl ProxyUrl {
    /// The URL as given; without a scheme it is taken as `http://`.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        let url = url.into();
        Self(if url.contains("://") { url } else { format!("http://{url}") })
    }

    /// The URL. It may hold a password.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ProxyUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ProxyUrl(..)")
    }
}

pub(crate) fn choose(
    proxy: &Proxy,
    host: &str,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Option<ProxyUrl>, ConfigError> {
    let first = |names: [&'static str; 2]| {
        names
            .into_iter()
            .find_map(|name| Some((name, variable(name).filter(|value| !value.trim().is_empty())?)))
    };
    let (setting, url) = match proxy {
        Proxy::Direct => return Ok(None),
        Proxy::Url(url) => ("proxy", url.clone()),
        Proxy::Environment => {
            if first(["NO_PROXY", "no_proxy"]).is_some_and(|(_, list)| excludes(&list, host)) {
                return Ok(None);
            }
            match first(["HTTPS_PROXY", "https_proxy"]).or_else(|| first(["ALL_PROXY", "all_proxy"])) {
                Some((name, value)) => (name, ProxyUrl::new(value.trim())),
                None => return Ok(None),
            }
        }
    };
    match url.0.parse::<Uri>() {
        Err(_) => Err(ConfigError::new(setting, "is not a URL")),
        Ok(uri) if !matches!(uri.scheme_str(), Some("http" | "https")) => {
            Err(ConfigError::new(setting, "is not an http or https proxy; others are not supported"))
        }
        Ok(uri) => match uri.authority() {
            Some(authority) if !authority.host().is_empty() && has_port_or_none(authority) => Ok(Some(url)),
            _ => Err(ConfigError::new(setting, "has no host, or a port that is none")),
        },
    }
}

fn has_port_or_none(authority: &Authority) -> bool {
    let after_host = authority.as_str().rsplit_once('@').map_or(authority.as_str(), |(_, address)| address);
    authority.port_u16().is_some() || after_host == authority.host()
}

/// Whether a list such as `.internal.test,10.0.0.0/8` names the host. [the convention of curl]
fn excludes(list: &str, host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
    let address: Option<IpAddr> = host.parse().ok();
    list.split(',').map(|entry| entry.trim().to_ascii_lowercase()).filter(|entry| !entry.is_empty()).any(
        |entry| {
            let domain = entry.trim_start_matches('.');
            entry == "*"
                || host == domain
                || (address.is_none() && host.strip_suffix(domain).is_some_and(|sub| sub.ends_with('.')))
                || address.is_some_and(|address| in_network(&entry, address))
        },
    )
}

fn in_network(entry: &str, address: IpAddr) -> bool {
    let Some((network, bits)) = entry.split_once('/') else {
        return entry.trim_start_matches('[').trim_end_matches(']').parse() == Ok(address);
    };
    let Ok(bits) = bits.parse::<u32>() else { return false };
    match (network.parse(), address) {
        (Ok(IpAddr::V4(network)), IpAddr::V4(address)) if bits <= 32 => {
            (network.to_bits() ^ address.to_bits()).checked_shr(32 - bits).unwrap_or(0) == 0
        }
        (Ok(IpAddr::V6(network)), IpAddr::V6(address)) if bits <= 128 => {
            (network.to_bits() ^ address.to_bits()).checked_shr(128 - bits).unwrap_or(0) == 0
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_is_read_as_others_read_it() {
        let cases: &[(&[(&str, &str)], &str, Result<Option<&str>, &str>)] = &[
            (&[], "api.test", Ok(None)),
            (&[("HTTPS_PROXY", "http://proxy.test:3128")], "api.test", Ok(Some("http://proxy.test:3128"))),
            (&[("https_proxy", "proxy.test:3128")], "api.test", Ok(Some("http://proxy.test:3128"))),
            (&[("ALL_PROXY", "https://proxy.test")], "api.test", Ok(Some("https://proxy.test"))),
            (
                &[("HTTPS_PROXY", "http://a.test"), ("ALL_PROXY", "http://b.test")],
                "api.test",
                Ok(Some("http://a.test")),
            ),
            (&[("HTTPS_PROXY", " "), ("all_proxy", "http://b.test")], "api.test", Ok(Some("http://b.test"))),
            (&[("HTTP_PROXY", "http://proxy.test")], "api.test", Ok(None)),
            (&[("ALL_PROXY", "socks5://proxy.test")], "api.test", Err("ALL_PROXY")),
            (&[("ALL_PROXY", "http://us er:p@proxy.test")], "api.test", Err("ALL_PROXY")),
            (&[("ALL_PROXY", "http://proxy.test:99999")], "api.test", Err("ALL_PROXY")),
            (&[("ALL_PROXY", "http://:3128")], "api.test", Err("ALL_PROXY")),
            (
                &[("ALL_PROXY", "HTTP://user:p@proxy.test:1")],
                "api.test",
                Ok(Some("HTTP://user:p@proxy.test:1")),
            ),
            (&[("HTTPS_PROXY", "http://a.test"), ("NO_PROXY", "api.test")], "api.test", Ok(None)),
            (&[("HTTPS_PROXY", "http://a.test"), ("no_proxy", "x.test, .test")], "api.test", Ok(None)),
            (&[("HTTPS_PROXY", "socks5://a.test"), ("NO_PROXY", "*")], "api.test", Ok(None)),
        ];
        for (variables, host, expected) in cases {
            let variable =
                |name: &str| variables.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned());
            let chosen = choose(&Proxy::Environment, host, variable);
            match (&chosen, expected) {
                (Ok(chosen), Ok(expected)) => assert_eq!(chosen.as_ref().map(ProxyUrl::expose), *expected),
                (Err(error), Err(setting)) => assert_eq!(error.setting(), *setting),
                _ => panic!("{variables:?}: {chosen:?}"),
            }
        }
    }

    #[test]
    fn hosts_that_no_proxy_names() {
        let cases = [
            ("api.test", "api.test", true),
            ("API.test", "api.TEST", true),
            ("test", "api.test", true),
            (".test", "api.test", true),
            ("pi.test", "api.test", false),
            ("api.test", "test", false),
            ("", "api.test", false),
            (",,", "api.test", false),
            ("10.0.0.0/8", "10.1.2.3", true),
            ("10.0.0.0/8", "11.1.2.3", false),
            ("10.1.2.3", "10.1.2.3", true),
            ("0.0.0.0/0", "10.1.2.3", true),
            ("10.0.0.0/33", "10.1.2.3", false),
            ("10.0.0.0/x", "10.1.2.3", false),
            ("2.3", "10.1.2.3", false),
            ("fd00::/8", "[fd12::1]", true),
            ("[fd12::1]", "[fd12::1]", true),
            ("::/0", "[fd12::1]", true),
            ("fd00::/8", "10.1.2.3", false),
        ];
        for (list, host, expected) in cases {
            assert_eq!(excludes(list, host), expected, "{list} {host}");
        }
    }

    #[test]
    fn a_password_is_not_shown() {
        let url = ProxyUrl::new("http://user:qxqx@proxy.test");
        assert!(!format!("{:?} {:?}", url, Proxy::Url(url.clone())).contains("qxqx"));
    }
}
