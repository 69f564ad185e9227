//! How many connections one address may hold open, and how long one that does not move is borne.
//!
//! A connection costs a node memory whether or not anything is asked on it, and a server has so many and no more. So each address
//! has a bound of its own ([`crate::config::NodeConfig::connections_per_address`]), and all addresses together leave a part of the
//! server's connections to the institution's own services, which are not counted. What is beyond is closed before a byte of it is
//! read. Somebody who sends slowly is ended by the time-outs of head and body; somebody who does not read what was sent is ended
//! here, by the kernel: after [`UNREAD`] without a byte taken the connection is reset, and what waited for it is freed.

use std::{
    any::Any,
    net::{IpAddr, Shutdown, TcpStream},
    os::fd::AsFd as _,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use actix_web::{dev::Extensions, rt};
use socket2::SockRef;

use super::{
    limits,
    slots::{Slot, Slots},
};
use crate::measure;

/// How long sent bytes may lie unread at the other side. A phone in a tunnel comes back within it.
const UNREAD: Duration = Duration::from_secs(20);

/// Bytes that the kernel holds for one who is counted and has not read them. Left to itself it holds megabytes, and a stream of old
/// blocks that nobody reads costs the node all the work of making these before it is held up.
const HELD: usize = 128 * 1024;

/// The bounds of one server.
pub(super) struct Connections {
    services: Vec<IpAddr>,
    places: Arc<Slots<IpAddr>>,
    open: Arc<Open>,
}

/// Counts all that are open.
#[derive(Default)]
struct Open(AtomicI64);

impl Open {
    fn add(&self, one: i64) {
        let open = self.0.fetch_add(one, Ordering::Relaxed).saturating_add(one);
        measure::connections(u64::try_from(open).unwrap_or_default());
    }
}

/// Goes with the connection.
struct Guest {
    open: Arc<Open>,
    _place: Option<Slot<IpAddr>>,
}

impl Drop for Guest {
    fn drop(&mut self) {
        self.open.add(-1);
    }
}

impl Connections {
    /// `each` for one address; half of the server's `all` for all addresses that are none of `services`.
    pub(super) fn new(services: Vec<IpAddr>, each: usize, all: usize) -> Self {
        Self { services, places: Arc::new(Slots::new(each, all / 2)), open: Arc::default() }
    }

    /// Takes a new connection in, or closes it.
    pub(super) fn greet(&self, stream: &dyn Any, data: &mut Extensions) {
        let Some(stream) = stream.downcast_ref::<rt::net::TcpStream>() else { return };
        let place = match stream.peer_addr().ok().and_then(|from| limits::home(&self.services, from.ip())) {
            None => None,
            Some(home) => match self.places.take(home) {
                Some(place) => Some(place),
                None => {
                    measure::connection_refused();
                    return close(stream);
                }
            },
        };
        let socket = SockRef::from(stream);
        let held = if place.is_some() { socket.set_send_buffer_size(HELD) } else { Ok(()) };
        if let Err(error) = held.and_then(|()| socket.set_tcp_user_timeout(Some(UNREAD))) {
            tracing::debug!(%error, "a connection without a bound for what lies unread");
        }
        self.open.add(1);
        data.insert(Guest { open: Arc::clone(&self.open), _place: place });
    }
}

/// Ends a connection in both directions: the server finds its end and forgets it.
fn close(stream: &rt::net::TcpStream) {
    let ended = stream.as_fd().try_clone_to_owned().map(TcpStream::from);
    if let Err(error) = ended.and_then(|stream| stream.shutdown(Shutdown::Both)) {
        tracing::debug!(%error, "a connection beyond the bound was gone already");
    }
}
