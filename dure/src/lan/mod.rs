//! `dure demo --lan`: the demo from a real phone. Cameras and keys work on pages that came by HTTPS alone, so the launcher makes
//! a certificate authority for this one machine, and ends TLS in front of the services, which stay on the loopback address.

mod certificate;
mod door;

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket},
    path::PathBuf,
    sync::Arc,
};

use qrcode::{QrCode, render::unicode::Dense1x2};
use tokio_rustls::rustls::ServerConfig;

use crate::{
    error::DureError,
    process::Ports,
    setup::{Layout, Outside, local},
};

/// Where the wallet is reached from a phone; the till is one above.
const PORT: u16 = 8443;

/// The demo, as the machine's network sees it.
#[derive(Clone, Debug)]
pub struct Lan {
    /// This machine's address in its network.
    pub address: IpAddr,
    /// The wallet's port there.
    pub wallet: u16,
    /// The till's port there.
    pub till: u16,
    /// The authority's certificate, which a phone can be told to trust.
    pub authority: PathBuf,
    tls: Arc<ServerConfig>,
}

impl Lan {
    /// Finds the machine's address and makes what is needed to answer there. `port` is the wallet's; 8443 if none is asked for.
    pub fn open(layout: &Layout, port: Option<u16>) -> Result<Self, DureError> {
        let address = own_address()?;
        let wallet = port.unwrap_or(PORT);
        let (authority, tls) = certificate::make(&layout.tls(), address)?;
        Ok(Self { address, wallet, till: wallet.saturating_add(1), authority, tls: Arc::new(tls) })
    }

    /// The wallet's address.
    pub fn wallet_url(&self) -> String {
        self.url(self.wallet)
    }

    /// The till's address.
    pub fn till_url(&self) -> String {
        self.url(self.till)
    }

    fn url(&self, port: u16) -> String {
        format!("https://{}", SocketAddr::new(self.address, port))
    }

    /// What the services must know of it.
    pub fn outside(&self) -> Outside {
        Outside { wallet_url: self.wallet_url(), authority: self.authority.clone() }
    }

    /// The wallet's address as a QR code for a terminal.
    pub fn picture(&self) -> String {
        let code = QrCode::new(self.wallet_url());
        // Light on dark, as most terminals are; readers take either.
        code.map(|code| code.render::<Dense1x2>().quiet_zone(true).build()).unwrap_or_default()
    }

    /// Opens both doors; they stay open as long as this process runs.
    pub async fn serve(&self, ports: &Ports) -> Result<(), DureError> {
        for (port, service) in [(self.wallet, ports.wallet), (self.till, ports.till)] {
            let outside = SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), port);
            door::open(outside, local(service), Arc::clone(&self.tls)).await?;
        }
        Ok(())
    }
}

/// The address from which this machine would speak to the world. No packet is sent for that.
fn own_address() -> Result<IpAddr, DureError> {
    let asked = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).and_then(|socket| {
        // A documentation address (RFC 5737): only the way out matters.
        socket.connect((Ipv4Addr::new(192, 0, 2, 1), 9))?;
        socket.local_addr()
    });
    match asked {
        Ok(own) if !own.ip().is_loopback() && !own.ip().is_unspecified() => Ok(own.ip()),
        _ => Err(DureError::Data("this machine is in no network; connect it, or leave LAN=1 out".to_owned())),
    }
}
