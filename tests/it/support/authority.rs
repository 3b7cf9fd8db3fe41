//! A certificate authority of a test's own, and servers' certificates that it signs.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// How a server's certificate is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Good,
    Expired,
    NotYet,
    SelfSigned,
}

pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pub(crate) pem: String,
}

impl Authority {
    pub(crate) fn new() -> Self {
        Self::named("the test's authority")
    }

    /// Two of one name would pass for each other.
    pub(crate) fn named(name: &str) -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let pem = params.self_signed(&key).unwrap().pem();
        Self { issuer: Issuer::new(params, key), pem }
    }

    /// What a server named `name` needs.
    pub(crate) fn server(&self, name: &str) -> Arc<ServerConfig> {
        Arc::new(self.server_with(name, Kind::Good))
    }

    /// The same with a certificate of this kind.
    pub(crate) fn server_with(&self, name: &str, kind: Kind) -> ServerConfig {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        match kind {
            Kind::Expired => params.not_after = date_time_ymd(2001, 1, 1),
            Kind::NotYet => params.not_before = date_time_ymd(3001, 1, 1),
            Kind::Good | Kind::SelfSigned => {}
        }
        let certificate = match kind {
            Kind::SelfSigned => params.self_signed(&key).unwrap(),
            Kind::Good | Kind::Expired | Kind::NotYet => params.signed_by(&key, &self.issuer).unwrap(),
        };
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        builder.with_no_client_auth().with_single_cert(vec![certificate.der().clone()], key).unwrap()
    }
}
