//! A copy whose hashes are all right and whose content is not: somebody forged it with care.

use dure_chain::list::root as items_root;
use dure_consensus::BlockHeader;
use dure_score::{Genesis, Hash32, Receipt, codec};
use ledger_node::{
    history::archive::{BackupManifest, segment::StoredBlock},
    store::record::AppHeader,
};

use crate::files::{check, rewrite, small, write_town};

fn forge(
    change_blocks: impl FnOnce(&mut Vec<StoredBlock>),
    change_manifest: impl FnOnce(&mut BackupManifest),
) -> (&'static str, Option<u64>) {
    let dir = tempfile::tempdir().unwrap();
    write_town(dir.path(), small());
    rewrite(dir.path(), |_| {}, |_| {});
    check(dir.path()).expect("writing it anew changes nothing");
    rewrite(dir.path(), change_blocks, change_manifest);
    let error = check(dir.path()).expect_err("a forgery");
    (error.code(), error.block())
}

fn in_header(block: &mut StoredBlock, change: impl FnOnce(&mut BlockHeader)) {
    let mut header = BlockHeader::decode(&block.header).unwrap();
    change(&mut header);
    block.header = header.encode().into();
}

#[test]
fn receipts_are_derived_anew() {
    let changed = forge(
        |blocks| {
            let mut receipt: Receipt = codec::decode(&blocks[2].receipts[1]).unwrap();
            receipt.effects.clear();
            blocks[2].receipts[1] = receipt.to_bytes().into();
        },
        |_| {},
    );
    assert_eq!(changed, ("COPY_RECEIPT", Some(3)));
    assert_eq!(forge(|blocks| drop(blocks[1].receipts.pop()), |_| {}), ("COPY_RECEIPT_COUNT", Some(2)));
}

#[test]
fn transactions_are_those_of_the_header_and_signed() {
    let dropped = |blocks: &mut Vec<StoredBlock>| {
        blocks[3].items.pop();
        blocks[3].receipts.pop();
    };
    assert_eq!(forge(dropped, |_| {}), ("COPY_ITEMS", Some(4)));
    // With a header of its own, a forged transaction is a matter of signatures.
    let tampered = |blocks: &mut Vec<StoredBlock>| {
        let mut item = blocks[4].items[0].to_vec();
        *item.last_mut().unwrap() ^= 1;
        blocks[4].items[0] = item.into();
        let root = items_root(&blocks[4].items.iter().map(|item| item.to_vec()).collect::<Vec<_>>());
        in_header(&mut blocks[4], |header| header.items_root = root);
    };
    assert_eq!(forge(tampered, |_| {}), ("COPY_SIGNATURE", Some(5)));
}

#[test]
fn headers_follow_each_other_and_are_certified() {
    let later = |blocks: &mut Vec<StoredBlock>| in_header(&mut blocks[1], |header| header.time_ms += 1);
    assert_eq!(forge(later, |_| {}), ("COPY_CERTIFICATE", Some(2)));
    let relinked =
        |blocks: &mut Vec<StoredBlock>| in_header(&mut blocks[2], |header| header.parent = [7; 32]);
    assert_eq!(forge(relinked, |_| {}), ("COPY_LINK", Some(3)));
    let epoch = |blocks: &mut Vec<StoredBlock>| in_header(&mut blocks[2], |header| header.epoch = 1);
    assert_eq!(forge(epoch, |_| {}), ("COPY_EPOCH", Some(3)));
    // Block 5 proves block 4, but nothing proves block 5.
    let bare = |blocks: &mut Vec<StoredBlock>| {
        blocks[3].certificate = None;
        blocks[4].certificate = None;
    };
    assert_eq!(forge(bare, |_| {}), ("COPY_NO_CERTIFICATE", Some(4)));
    let other = |blocks: &mut Vec<StoredBlock>| blocks[0].certificate = blocks[1].certificate.clone();
    assert_eq!(forge(other, |_| {}), ("COPY_CERTIFICATE", Some(1)));
}

#[test]
fn a_block_without_its_own_certificate_is_proven_by_the_next() {
    let dir = tempfile::tempdir().unwrap();
    write_town(dir.path(), small());
    rewrite(dir.path(), |blocks| (blocks[1].certificate, blocks[2].certificate) = (None, None), |_| {});
    assert_eq!(check(dir.path()).unwrap().certificates, 3);
}

#[test]
fn claims_of_state_are_compared() {
    let lie = |blocks: &mut Vec<StoredBlock>| {
        let claim = AppHeader { executed: 1, state_root: Hash32::new([9; 32]) };
        in_header(&mut blocks[1], |header| header.app = claim.encode());
    };
    assert_eq!(forge(lie, |_| {}), ("COPY_CLAIM", Some(2)));
    let future = |blocks: &mut Vec<StoredBlock>| {
        let claim = AppHeader { executed: 3, state_root: Hash32::new([9; 32]) };
        in_header(&mut blocks[2], |header| header.app = claim.encode());
    };
    assert_eq!(forge(future, |_| {}), ("COPY_CLAIM_BOUNDS", Some(3)));
    let end = |manifest: &mut BackupManifest| manifest.state_root = Hash32::new([9; 32]);
    assert_eq!(forge(|_| {}, end), ("COPY_STATE_ROOT", Some(5)));
    let digest = |manifest: &mut BackupManifest| manifest.digest = Hash32::new([9; 32]);
    assert_eq!(forge(|_| {}, digest), ("COPY_LINK", Some(5)));
}

#[test]
fn another_genesis_is_not_this_ledger() {
    let other = |manifest: &mut BackupManifest| {
        let mut genesis: Genesis = codec::decode(&manifest.genesis).unwrap();
        genesis.time_ms += 1;
        manifest.genesis = codec::encode(&genesis).into();
    };
    // The first block's parent is the genesis, by its hash.
    assert_eq!(forge(|_| {}, other), ("COPY_LINK", Some(1)));
    let dir = tempfile::tempdir().unwrap();
    write_town(dir.path(), small());
    let pinned = Hash32::new([1; 32]);
    let error = ledger_node::operations::audit::audit(dir.path(), Some(&pinned), &mut |_| {}).unwrap_err();
    assert_eq!(error.code(), "ARCHIVE_OTHER_GENESIS");
}

#[test]
fn blocks_left_out_are_missed() {
    let shorter = |blocks: &mut Vec<StoredBlock>| drop(blocks.remove(2));
    assert_eq!(forge(shorter, |_| {}).0, "COPY_LINK");
    let longer = |manifest: &mut BackupManifest| manifest.head += 1;
    assert_eq!(forge(|_| {}, longer), ("COPY_MALFORMED", Some(6)));
}
