//! How RocksDB is set up: every bound on its memory, files and threads, and what each table is like.

use rocksdb::{
    BlockBasedIndexType, BlockBasedOptions, Cache, ColumnFamilyDescriptor, DBCompressionType, DBRecoveryMode,
    DataBlockIndexType, Options,
};

use super::Table;

/// Memory for cached blocks, indexes and filters of all tables, bytes. Hot accounts are cached above, as records; the rest is
/// the operating system's to cache. The filters of ten million accounts take some 50 MB of it.
const CACHE_BYTES: usize = 192 * 1024 * 1024;
/// Piece of an index or filter, bytes. A large table's are of many MB: read whole for each record that is looked for, they would
/// drive each other out of the cache, and one payment would read megabytes.
const INDEX_PIECE: usize = 4 * 1024;
/// Memory for unflushed writes of all tables, bytes. The larger, the fewer files are merged later.
const WRITE_BUFFER_BYTES: usize = 64 * 1024 * 1024;
/// Write-ahead log kept at most, bytes: bounds the time to open after a crash, and the log's share of the disk. About what
/// fills the write buffers, so that neither makes the other flush early.
const MAX_WAL_BYTES: u64 = 64 * 1024 * 1024;
/// Files held open at most.
const MAX_OPEN_FILES: i32 = 256;
/// Threads that flush and merge: a validator shares a small machine with others.
const BACKGROUND_JOBS: i32 = 2;
/// Written data is handed to the disk in pieces of this size, bytes, so that no sync finds a mountain of it.
const PIECE_BYTES: u64 = 1024 * 1024;
/// Bits a key in the filters that spare a disk read for absent keys (about 1 % false answers).
const BLOOM_BITS: f64 = 10.0;
/// Part of a write buffer that a filter over it takes: most transactions ask for keys that are nowhere.
const MEMTABLE_BLOOM: f64 = 0.05;
/// Block of a table of small records, bytes: one record is read at a time.
const SMALL_BLOCK: usize = 4 * 1024;
/// Block of a table of rows that are read whole, bytes: about one row, which repeats itself and so compresses.
const LARGE_BLOCK: usize = 16 * 1024;

/// How a table is used.
enum Use {
    /// Small records under keys in no order, read and replaced one by one; often asked for what is absent.
    Random,
    /// Hashes, which do not compress, read some neighbours at a time.
    Ranges,
    /// Rows under rising keys, never replaced.
    Append,
    /// A few records.
    Few,
}

const fn used(table: Table) -> Use {
    match table {
        Table::State | Table::TxIndex | Table::BlockHash => Use::Random,
        Table::Leaves => Use::Ranges,
        Table::Headers | Table::Blocks => Use::Append,
        Table::Meta => Use::Few,
    }
}

/// The engine's own options, for a node that writes.
pub(super) fn engine() -> Options {
    let mut options = Options::default();
    options.create_if_missing(true);
    options.create_missing_column_families(true);
    options.set_db_write_buffer_size(WRITE_BUFFER_BYTES);
    options.set_max_total_wal_size(MAX_WAL_BYTES);
    options.set_max_open_files(MAX_OPEN_FILES);
    options.set_keep_log_file_num(4);
    // A log may end in the middle of a record: that write was never acknowledged. Anything else that does not add up is damage,
    // and a store that went on from before it would have forgotten blocks.
    options.set_wal_recovery_mode(DBRecoveryMode::TolerateCorruptedTailRecords);
    // So would one that went on without a log that ought to be there.
    options.set_track_and_verify_wals_in_manifest(true);
    // All tables are of one age, whatever is lost: see [`crate::store::gap_check`].
    options.set_atomic_flush(true);
    options.set_max_background_jobs(BACKGROUND_JOBS);
    options.set_bytes_per_sync(PIECE_BYTES);
    // There is one writer.
    options.set_allow_concurrent_memtable_write(false);
    options.set_enable_write_thread_adaptive_yield(false);
    options
}

/// Every table with its options, over one cache.
pub(super) fn tables(cache_bytes: usize) -> Vec<ColumnFamilyDescriptor> {
    // It has no lock; it finds out by itself how large entries are.
    let cache = Cache::new_hyper_clock_cache(cache_bytes, 0);
    let describe = |table: Table| ColumnFamilyDescriptor::new(table.name(), of(table, &cache));
    Table::ALL.into_iter().map(describe).collect()
}

/// Every table, for a node.
pub(super) fn node_tables() -> Vec<ColumnFamilyDescriptor> {
    tables(CACHE_BYTES)
}

fn of(table: Table, cache: &Cache) -> Options {
    let mut blocks = BlockBasedOptions::default();
    blocks.set_block_cache(cache);
    blocks.set_cache_index_and_filter_blocks(true);
    blocks.set_pin_l0_filter_and_index_blocks_in_cache(true);
    blocks.set_index_type(BlockBasedIndexType::TwoLevelIndexSearch);
    blocks.set_partition_filters(true);
    blocks.set_metadata_block_size(INDEX_PIECE);
    blocks.set_pin_top_level_index_and_filter(true);
    let mut options = Options::default();
    options.set_compression_type(DBCompressionType::Lz4);
    match used(table) {
        Use::Random => {
            blocks.set_bloom_filter(BLOOM_BITS, false);
            blocks.set_block_size(SMALL_BLOCK);
            blocks.set_data_block_index_type(DataBlockIndexType::BinaryAndHash);
            options.set_memtable_whole_key_filtering(true);
            options.set_memtable_prefix_bloom_ratio(MEMTABLE_BLOOM);
        }
        Use::Ranges => {
            blocks.set_block_size(SMALL_BLOCK);
            options.set_compression_type(DBCompressionType::None);
        }
        Use::Append => blocks.set_block_size(LARGE_BLOCK),
        Use::Few => {}
    }
    options.set_block_based_table_factory(&blocks);
    options
}
