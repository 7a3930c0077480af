//! Certificates of an authority that lives as long as a test.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;
use rustls::{RootCertStore, ServerConfig};

/// A certificate authority.
pub struct Authority {
    pem: String,
    issuer: Issuer<'static, KeyPair>,
}

/// What is right or wrong with a server's certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leaf {
    /// For 127.0.0.1 and localhost, valid now.
    Good,
    /// For another host.
    OtherHost,
    /// Valid in the past alone.
    Expired,
    /// Valid in the future alone.
    NotYetValid,
    /// Signed by itself.
    SelfSigned,
    /// Of an authority that nobody knows.
    UnknownAuthority,
}

impl Default for Authority {
    fn default() -> Self {
        let key = KeyPair::generate().expect("a key");
        let mut parameters = CertificateParams::default();
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = parameters.self_signed(&key).expect("a certificate");
        Self { pem: certificate.pem(), issuer: Issuer::new(parameters, key) }
    }
}

impl Authority {
    /// Its own certificate.
    #[must_use]
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// A server's certificate and key, in PEM.
    ///
    /// # Panics
    ///
    /// If it cannot be made.
    #[must_use]
    pub fn leaf(&self, leaf: Leaf) -> (String, String) {
        let (certificate, key) = self.issue(leaf);
        (certificate.pem(), key.serialize_pem())
    }

    /// A TLS configuration for a server that shows such a certificate.
    ///
    /// # Panics
    ///
    /// If it cannot be made.
    #[must_use]
    pub fn server(&self, leaf: Leaf) -> Arc<ServerConfig> {
        self.configure(leaf, WebPkiClientVerifier::no_client_auth())
    }

    /// The same, that asks the client for a certificate of this authority too.
    ///
    /// # Panics
    ///
    /// If it cannot be made.
    #[must_use]
    pub fn server_that_asks(&self, leaf: Leaf) -> Arc<ServerConfig> {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(self.pem.as_bytes()).expect("our own")).expect("a root");
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider());
        self.configure(leaf, verifier.build().expect("a verifier"))
    }

    fn configure(&self, leaf: Leaf, clients: Arc<dyn ClientCertVerifier>) -> Arc<ServerConfig> {
        let (certificate, key) = self.issue(leaf);
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let mut config = ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_client_cert_verifier(clients)
            .with_single_cert(vec![certificate.der().clone()], key)
            .expect("a pair");
        // Records that are far smaller than what is read at a time, so that one may wait while another is read.
        config.max_fragment_size = Some(1024);
        Arc::new(config)
    }

    fn issue(&self, leaf: Leaf) -> (rcgen::Certificate, KeyPair) {
        let key = KeyPair::generate().expect("a key");
        let names = if leaf == Leaf::OtherHost {
            vec!["other.test".to_owned()]
        } else {
            vec!["localhost".to_owned(), "127.0.0.1".to_owned(), "tunnel.invalid".to_owned()]
        };
        let mut parameters = CertificateParams::new(names).expect("names");
        match leaf {
            Leaf::Good | Leaf::OtherHost | Leaf::SelfSigned | Leaf::UnknownAuthority => {}
            Leaf::Expired => {
                parameters.not_before = date_time_ymd(2020, 1, 1);
                parameters.not_after = date_time_ymd(2021, 1, 1);
            }
            Leaf::NotYetValid => parameters.not_before = date_time_ymd(2200, 1, 1),
        }
        let certificate = match leaf {
            Leaf::SelfSigned => parameters.self_signed(&key),
            Leaf::UnknownAuthority => parameters.signed_by(&key, &Self::default().issuer),
            _ => parameters.signed_by(&key, &self.issuer),
        };
        (certificate.expect("a certificate"), key)
    }
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}
