//! The settings, and what a client makes of them.

use std::fmt;

use faceid_types::{ConfigError, Context};
use rustls::ClientConfig;

use crate::tls::{self, Identity};
use crate::{Proxy, ProxyUrl, Roots, proxy};

/// How to reach the service.
///
/// ```
/// use faceid_net::{Network, Proxy, Roots};
///
/// # let corporate_ca = Vec::new();
/// let network = Network::default().roots(Roots::Both(corporate_ca)).proxy(Proxy::Direct);
/// ```
#[derive(Clone, Default)]
pub struct Network {
    roots: Roots,
    identity: Option<Identity>,
    proxy: Proxy,
}

impl Network {
    /// Whose certificates to trust (default: the operating system's).
    #[must_use]
    pub fn roots(self, roots: Roots) -> Self {
        Self { roots, ..self }
    }

    /// A certificate to show, as some gateways ask for: the chain, leaf first, and its key, both in PEM.
    #[must_use]
    pub fn client_certificate(self, chain_pem: impl Into<Vec<u8>>, key_pem: impl Into<Vec<u8>>) -> Self {
        Self { identity: Some(Identity::new(chain_pem.into(), key_pem.into())), ..self }
    }

    /// The proxy (default: the environment's, for https alone).
    #[must_use]
    pub fn proxy(self, proxy: Proxy) -> Self {
        Self { proxy, ..self }
    }

    /// The TLS configuration for this service. For plain http it trusts no roots, and loads none.
    ///
    /// # Errors
    ///
    /// [`ConfigError`], if no provider is there, the machine has no certificate store, or a PEM text does not read.
    pub fn tls_config(&self, context: &Context) -> Result<ClientConfig, ConfigError> {
        let roots = context.is_https().then_some(&self.roots);
        tls::config(roots, self.identity.as_ref())
    }

    /// The proxy for this service, if one is to be used: never for this machine, and never for plain http.
    ///
    /// # Errors
    ///
    /// [`ConfigError`], if it is no URL of an http or https proxy.
    pub fn proxy_for(&self, context: &Context) -> Result<Option<ProxyUrl>, ConfigError> {
        if context.is_loopback() || !context.is_https() {
            return Ok(None);
        }
        proxy::choose(&self.proxy, context.host(), |name| std::env::var(name).ok())
    }
}

impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Network")
            .field("roots", &self.roots)
            .field("client_certificate", &self.identity.is_some())
            .field("proxy", &self.proxy)
            .finish()
    }
}
