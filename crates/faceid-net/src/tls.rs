//! One TLS policy.

use std::fmt;
use std::sync::Arc;

use faceid_types::ConfigError;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::Verifier;

/// Whose certificates are trusted.
#[derive(Clone, Default)]
#[non_exhaustive]
pub enum Roots {
    /// Those that the operating system trusts.
    #[default]
    System,
    /// Those in a PEM text, and no others.
    Pem(Vec<u8>),
    /// Those that the operating system trusts, and those in a PEM text.
    Both(Vec<u8>),
    /// Mozilla's, as they were when this was built.
    #[cfg(feature = "bundled-roots")]
    #[cfg_attr(docsrs, doc(cfg(feature = "bundled-roots")))]
    Bundled,
}

impl fmt::Debug for Roots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::System => f.write_str("System"),
            Self::Pem(pem) => write!(f, "Pem({} bytes)", pem.len()),
            Self::Both(pem) => write!(f, "Both({} bytes)", pem.len()),
            #[cfg(feature = "bundled-roots")]
            Self::Bundled => f.write_str("Bundled"),
        }
    }
}

/// A client certificate and its key, in PEM.
#[derive(Clone)]
pub(crate) struct Identity {
    chain: Arc<[u8]>,
    key: Arc<[u8]>,
}

impl Identity {
    pub(crate) fn new(chain: Vec<u8>, key: Vec<u8>) -> Self {
        Self { chain: chain.into(), key: key.into() }
    }
}

/// Without `roots` nothing is trusted.
pub(crate) fn config(
    roots: Option<&Roots>,
    identity: Option<&Identity>,
) -> Result<ClientConfig, ConfigError> {
    let provider = provider()?;
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| {
            ConfigError::new("TLS", "1.2 or later is not in the installed CryptoProvider").caused_by(error)
        })?;
    let verified = |verifier: Result<Verifier, rustls::Error>| {
        let no_roots = |error| ConfigError::new("roots", NO_STORE).caused_by(error);
        Ok(builder
            .clone()
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier.map_err(no_roots)?)))
    };
    let builder = match roots {
        None => builder.with_root_certificates(RootCertStore::empty()),
        Some(Roots::System) => verified(Verifier::new(provider))?,
        Some(Roots::Both(pem)) => {
            verified(Verifier::new_with_extra_roots(certificates("roots", pem)?, provider))?
        }
        Some(Roots::Pem(pem)) => {
            let mut store = RootCertStore::empty();
            for certificate in certificates("roots", pem)? {
                store.add(certificate).map_err(|error| {
                    ConfigError::new("roots", "hold a certificate that cannot be a root").caused_by(error)
                })?;
            }
            builder.with_root_certificates(store)
        }
        #[cfg(feature = "bundled-roots")]
        Some(Roots::Bundled) => {
            builder.with_root_certificates(RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() })
        }
    };
    let mut config = match identity {
        None => builder.with_no_client_auth(),
        Some(identity) => {
            let chain = certificates("client_certificate", &identity.chain)?;
            let key = PrivateKeyDer::from_pem_slice(&identity.key)
                .map_err(|_| ConfigError::new("client_certificate", "has a key that is not PEM"))?;
            builder.with_client_auth_cert(chain, key).map_err(|error| {
                ConfigError::new("client_certificate", "and its key do not fit together").caused_by(error)
            })?
        }
    };
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

const NO_STORE: &str = "of the operating system could not be loaded: install its certificate store \
                        (ca-certificates), or choose other roots";

/// The process's provider rather than one of ours: two in one binary make rustls' own default ambiguous.
fn provider() -> Result<Arc<CryptoProvider>, ConfigError> {
    CryptoProvider::get_default().cloned().or_else(built_in).ok_or_else(|| {
        ConfigError::new(
            "TLS",
            "has no provider: install a rustls CryptoProvider, or build with the feature `ring`",
        )
    })
}

fn built_in() -> Option<Arc<CryptoProvider>> {
    #[cfg(feature = "ring")]
    let provider = Some(Arc::new(rustls::crypto::ring::default_provider()));
    #[cfg(not(feature = "ring"))]
    let provider = None;
    provider
}

fn certificates(setting: &'static str, pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, ConfigError> {
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    match certificates {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        Ok(_) => Err(ConfigError::new(setting, "hold no certificate in PEM")),
        Err(error) => Err(ConfigError::new(setting, "are not certificates in PEM").caused_by(error)),
    }
}
