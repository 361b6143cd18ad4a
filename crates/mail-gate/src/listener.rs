//! Where the gate listens.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use tokio::net::{TcpListener, UnixListener, UnixStream};

/// An address in the MTA's own spelling: `unix:/path` or `inet:ADDRESS:PORT`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// A Unix socket. Faster, and file permissions say who may connect.
    Unix(PathBuf),
    /// A TCP port.
    Tcp(SocketAddr),
}

/// An address that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is not an address to listen on, give unix:/path or inet:127.0.0.1:8891")]
pub struct BadAddress {
    given: String,
}

impl FromStr for Address {
    type Err = BadAddress;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let address = match text.split_once(':') {
            Some(("unix", path)) if path.starts_with('/') => Some(Self::Unix(path.into())),
            Some(("inet", address)) => address.parse().ok().map(Self::Tcp),
            _ => None,
        };
        address.ok_or_else(|| BadAddress {
            given: text.to_owned(),
        })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
            Self::Tcp(address) => write!(f, "inet:{address}"),
        }
    }
}

/// Why the gate cannot listen.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// Another process serves the socket.
    #[error("something already listens on `{path}`, stop it first")]
    InUse {
        /// The socket.
        path: PathBuf,
    },
    /// There is a file of another kind in its place.
    #[error("`{path}` is not a socket and stays, choose another path")]
    NotASocket {
        /// The file.
        path: PathBuf,
    },
    /// The system refused.
    #[error("cannot listen on `{address}`")]
    Refused {
        /// Where.
        address: Address,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// A bound address.
#[derive(Debug)]
pub enum Listener {
    /// A Unix socket.
    Unix(UnixListener),
    /// A TCP port.
    Tcp(TcpListener),
}

impl Listener {
    /// Binds the address; needs a tokio runtime. A Unix socket left by a process that died is
    /// replaced. `socket_mode` is the file mode of a Unix socket, for example `0o660` in a folder
    /// that the MTA's group may enter.
    pub async fn bind(address: &Address, socket_mode: u32) -> Result<Self, BindError> {
        let refused = |source| BindError::Refused {
            address: address.clone(),
            source,
        };
        match address {
            Address::Tcp(socket) => TcpListener::bind(socket)
                .await
                .map(Self::Tcp)
                .map_err(refused),
            Address::Unix(path) => {
                clear_away(path).await?;
                let listener = UnixListener::bind(path).map_err(refused)?;
                let mode = std::fs::Permissions::from_mode(socket_mode);
                std::fs::set_permissions(path, mode).map_err(refused)?;
                Ok(Self::Unix(listener))
            }
        }
    }

    /// The TCP address, once the system has chosen a port; none for a Unix socket.
    pub fn tcp_address(&self) -> Option<SocketAddr> {
        match self {
            Self::Unix(_) => None,
            Self::Tcp(listener) => listener.local_addr().ok(),
        }
    }
}

/// Removes the socket of a process that died, and nothing else.
async fn clear_away(path: &Path) -> Result<(), BindError> {
    let Ok(found) = std::fs::symlink_metadata(path) else {
        return Ok(());
    };
    let path = path.to_owned();
    if !found.file_type().is_socket() {
        return Err(BindError::NotASocket { path });
    }
    if UnixStream::connect(&path).await.is_ok() {
        return Err(BindError::InUse { path });
    }
    std::fs::remove_file(&path).map_err(|source| BindError::Refused {
        address: Address::Unix(path),
        source,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn addresses_are_spelt_as_the_mta_spells_them() {
        for text in [
            "unix:/run/probity/milter",
            "inet:127.0.0.1:8891",
            "inet:[::1]:8891",
        ] {
            assert_eq!(text.parse::<Address>().unwrap().to_string(), text);
        }
        for bad in [
            "unix:relative",
            "inet:8891",
            "inet:localhost:8891",
            "/run/x",
            "",
        ] {
            assert!(bad.parse::<Address>().is_err(), "{bad}");
        }
    }

    #[tokio::test]
    async fn a_dead_socket_is_replaced_a_live_one_and_a_file_are_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("milter");
        let address = Address::Unix(path.clone());
        drop(Listener::bind(&address, 0o600).await.unwrap());
        assert!(path.exists(), "left behind, as by a process that died");
        let _live = Listener::bind(&address, 0o600).await.unwrap();
        let error = Listener::bind(&address, 0o600).await.unwrap_err();
        assert!(matches!(error, BindError::InUse { .. }));
        let file = folder.path().join("file");
        std::fs::write(&file, "mine").unwrap();
        let error = Listener::bind(&Address::Unix(file.clone()), 0o600)
            .await
            .unwrap_err();
        assert!(matches!(error, BindError::NotASocket { .. }));
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "mine");
    }
}
