//! What consensus reads of other nodes: headers, blocks, certificates.

use dure_consensus::{Block, BlockHeader};
use dure_proof::{Header, verify_certificate};

use crate::{bytes::part, proofs::prover};

/// A header or a block, by both readers of headers.
pub fn block(data: &[u8]) {
    if let Ok(header) = BlockHeader::decode(data) {
        assert_eq!(header.encode(), data, "a header has two forms");
        if let Ok(read) = Header::parse(data) {
            assert_eq!(read.digest.as_bytes(), &header.digest());
            assert_eq!((read.height, read.time_ms), (header.height, header.time_ms));
            assert_eq!(
                (read.epoch, read.view, read.parent_view),
                (header.epoch, header.view, header.parent_view)
            );
            assert_eq!(
                (read.parent.as_bytes(), read.items_root.as_bytes()),
                (&header.parent, &header.items_root)
            );
            assert_eq!(read.proposer.as_bytes(), &header.proposer);
        }
    } else {
        assert!(Header::parse(data).is_err(), "the client reads a header that consensus does not");
    }
    if let Ok(block) = Block::decode(data) {
        assert_eq!(block.encode(), data, "a block has two forms");
    }
}

/// Header (with its length), certificate: the engine and the client's own reader say the same.
pub fn certificate(data: &[u8]) {
    let Some((header, certificate)) = part(data) else { return };
    let keys: Vec<_> = prover::set(&[1, 2, 3, 4]).iter().map(|key| key.public_key()).collect();
    let raw: Vec<[u8; 32]> = keys.iter().map(|key| *key.as_bytes()).collect();
    let network = prover::pinned().network();
    let ours = verify_certificate(&network, &keys, header, certificate).is_ok();
    let engines = BlockHeader::decode(header).is_ok_and(|decoded| {
        dure_consensus::verify_certificate(network.as_bytes(), &raw, &decoded, certificate)
    });
    // The client also demands an application header that names a state; the engine does not know what one is.
    let named = Header::parse(header).is_ok();
    assert_eq!(ours, engines && named, "two readers of one certificate disagree");
}
