//! One flipped byte, anywhere, is found and told to a block.

use std::{fs, path::Path};

use ledger_node::history::archive::{ArchiveError, backup::segment_name, read_manifest};

use crate::files::{check, files, small, write_town};

/// Flips each byte of each file in turn, every `step`-th of files that are large.
fn flip_everywhere(folder: &Path, mut expect: impl FnMut(&str, usize, &ArchiveError)) -> usize {
    let mut flips = 0;
    for file in files(folder) {
        let good = fs::read(&file).unwrap();
        let name = file.file_name().unwrap().to_str().unwrap().to_owned();
        let step = (good.len() / 4_000).max(1);
        for at in (0..good.len()).step_by(step).chain([good.len() - 1]) {
            let mut bad = good.clone();
            bad[at] ^= 1 << (at % 8);
            fs::write(&file, &bad).unwrap();
            let error = check(folder).expect_err(&format!("{name}, byte {at}"));
            assert!(error.block().is_some(), "{name}, byte {at}: {error}");
            assert!(error.to_string().starts_with("block "), "{error}");
            expect(&name, at, &error);
            flips += 1;
        }
        fs::write(&file, &good).unwrap();
    }
    check(folder).unwrap();
    flips
}

#[test]
fn every_flipped_byte_of_a_backup_is_found_and_named() {
    let dir = tempfile::tempdir().unwrap();
    let manifest = write_town(dir.path(), small());
    let report = check(dir.path()).unwrap();
    assert_eq!((report.blocks, report.payments, report.base), (5, 20, 0));
    let segment = segment_name(&manifest.segments[0]);
    let mut named = std::collections::BTreeSet::new();
    let flips = flip_everywhere(dir.path(), |name, _, error| {
        let block = error.block().unwrap();
        if name == segment {
            named.insert(block);
        } else {
            assert_eq!(block, manifest.head, "{name} belongs to the last block");
        }
    });
    assert!(flips > 4_000, "{flips} flips");
    assert_eq!(
        named.into_iter().collect::<Vec<_>>(),
        [1, 2, 3, 4, 5],
        "damage is told to the block that it hit"
    );
}

#[test]
fn missing_and_foreign_files_are_found() {
    let dir = tempfile::tempdir().unwrap();
    let manifest = write_town(dir.path(), small());
    fs::write(dir.path().join("notes.txt"), b"hello").unwrap();
    assert_eq!(check(dir.path()).unwrap_err().code(), "COPY_UNEXPECTED");
    fs::remove_file(dir.path().join("notes.txt")).unwrap();
    fs::remove_file(dir.path().join(segment_name(&manifest.segments[0]))).unwrap();
    let error = check(dir.path()).unwrap_err();
    assert_eq!((error.code(), error.block()), ("COPY_MISSING", Some(1)));
    assert_eq!(check(Path::new("/nonexistent")).unwrap_err().code(), "ARCHIVE_FILE");
    let empty = tempfile::tempdir().unwrap();
    assert_eq!(check(empty.path()).unwrap_err().code(), "ARCHIVE_NO_BACKUP");
    fs::write(empty.path().join("backup-00000000000000000001.dure"), b"").unwrap();
    fs::write(empty.path().join("backup-00000000000000000002.dure"), b"").unwrap();
    assert!(matches!(read_manifest(empty.path()), Err(ArchiveError::TwoBackups(_))));
}
