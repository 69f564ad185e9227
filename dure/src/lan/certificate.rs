//! A certificate authority for one machine, kept in the data folder, and a certificate of it for the machine's address of today.

use std::{
    fs,
    net::IpAddr,
    path::{Path, PathBuf},
};

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use time::{Duration, OffsetDateTime};
use tokio_rustls::rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer},
};

use crate::{error::DureError, setup::write_private};

/// Phones refuse certificates that live longer than 825 days; this one is made anew at each start.
const LEAF_DAYS: i64 = 90;
const AUTHORITY_DAYS: i64 = 3650;
/// Clocks differ.
const BEFORE: Duration = Duration::days(1);

/// The authority's certificate file, and a server with a certificate for `address` and this machine's own names. The authority is
/// made once and stays, so that a phone that trusts it goes on to do so.
pub fn make(folder: &Path, address: IpAddr) -> Result<(PathBuf, ServerConfig), DureError> {
    fs::create_dir_all(folder).map_err(|source| DureError::io("make", folder, source))?;
    let (key_path, path) = (folder.join("authority.key"), folder.join("authority.crt"));
    let key = authority_key(&key_path, &path)?;
    let issuer = Issuer::new(authority()?, key);
    let names = vec![address.to_string(), "127.0.0.1".to_owned(), "localhost".to_owned()];
    let mut params = CertificateParams::new(names).map_err(bad)?;
    params.distinguished_name.push(DnType::CommonName, "Dure demo");
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    lives(&mut params, LEAF_DAYS);
    let own = KeyPair::generate().map_err(bad)?;
    let certificate = params.signed_by(&own, &issuer).map_err(bad)?;
    Ok((path, server(certificate.der().clone(), &own)?))
}

fn authority() -> Result<CertificateParams, DureError> {
    let mut params = CertificateParams::new(Vec::new()).map_err(bad)?;
    params.distinguished_name.push(DnType::CommonName, "Dure demo on this machine");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    lives(&mut params, AUTHORITY_DAYS);
    Ok(params)
}

/// The authority's key, made with its certificate if there is none.
fn authority_key(key_path: &Path, path: &Path) -> Result<KeyPair, DureError> {
    if key_path.is_file() && path.is_file() {
        let text = fs::read_to_string(key_path).map_err(|source| DureError::io("read", key_path, source))?;
        return KeyPair::from_pem(&text).map_err(bad);
    }
    let key = KeyPair::generate().map_err(bad)?;
    let certificate = authority()?.self_signed(&key).map_err(bad)?;
    fs::write(path, certificate.pem()).map_err(|source| DureError::io("write", path, source))?;
    // Last: a folder with this file is complete.
    write_private(key_path, key.serialize_pem().as_bytes())?;
    Ok(key)
}

fn lives(params: &mut CertificateParams, days: i64) {
    let now = OffsetDateTime::now_utc();
    params.not_before = now.saturating_sub(BEFORE);
    params.not_after = now.saturating_add(Duration::days(days));
}

fn server(certificate: CertificateDer<'static>, key: &KeyPair) -> Result<ServerConfig, DureError> {
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let versions = ServerConfig::builder_with_provider(ring::default_provider().into())
        .with_safe_default_protocol_versions()
        .map_err(bad)?;
    versions.with_no_client_auth().with_single_cert(vec![certificate], key).map_err(bad)
}

fn bad(error: impl std::fmt::Display) -> DureError {
    DureError::Data(format!("the certificate for the network: {error}"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_authority_is_made_once_and_its_key_is_the_owners_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let address = "192.0.2.7".parse().unwrap();
        let (path, _) = make(folder.path(), address).unwrap();
        let first = fs::read(&path).unwrap();
        let (again, _) = make(folder.path(), "192.0.2.8".parse().unwrap()).unwrap();
        assert_eq!((fs::read(&again).unwrap(), again), (first, path));
        let mode = fs::metadata(folder.path().join("authority.key")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
