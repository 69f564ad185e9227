//! Copies of the ledger that prove themselves: snapshots of the state, and backups of the blocks.
//!
//! Every file is a [`frame`]: magic, kind, length, content, SHA-256 over all of it. A manifest names every other file by that
//! hash, so that no byte of a copy can change unseen. File names carry heights, so that whatever is damaged can be named as a block.
//!
//! - A [`snapshot`] is the state at one height, in chunks, with the headers and the certificate that prove its root.
//!   [`keeper`] writes one now and then beside the payments; [`import`] makes a ledger of one, all or nothing.
//! - A [`backup`] is every block with its receipts, from genesis or from a snapshot. [`restore`](crate::operations::restore) makes a
//!   node's folder of one, after [`crate::operations::audit`] has re-applied it.
//!
//! What a copy never holds: keys, a consensus journal, personal data.

pub mod backup;
mod blocks;
pub(crate) mod bulk;
pub(crate) mod disk;
mod error;
mod found;
pub mod frame;
pub mod import;
pub mod keeper;
pub mod proof;
pub mod segment;
pub mod snapshot;
pub mod source;
mod take;

pub use backup::{BackupManifest, backup, read_manifest};
pub use error::{ArchiveError, Fault};
pub use found::found;
pub use import::import_snapshot;
pub use keeper::Keeper;
pub use snapshot::SnapshotManifest;
pub use source::{ChunkSource, FolderSource};
pub use take::write_snapshot;

pub use disk::write_file;
pub(crate) use disk::{names as names_in, read_file, sync_folder};
