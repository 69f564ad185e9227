//! A made-up snapshot of many accounts. Its books do not balance, and nobody could pay: it is there to be imported.

use std::{collections::BTreeMap, path::Path};

use dure_proof::FinalityProof;
use dure_score::{
    Amount, CampaignId, Genesis, Hash32, Lot, PublicKey, codec,
    holdings::Holdings,
    ids::sha256,
    key::Key,
    limits::NEVER,
    record::{Certificate, Devices, Member, MemberClass, MemberStatus, Role},
    signature::SigningKey,
    window::NonceWindow,
};

use crate::{
    certificate,
    town::{OFFICER, VALIDATOR, citizen_id, genesis, genesis_changes, next_header},
};
use ledger_node::{
    history::archive::{
        ArchiveError, SnapshotManifest,
        import::origin,
        snapshot::{CHUNK_BYTES, Entry, FORMAT, chunk_name, manifest_name, seal_chunk},
        write_file,
    },
    operations::audit::tree::Tree,
};

/// Writes the snapshot into `folder`; returns the genesis that proves it. Five records an account: member, certificate, numbers,
/// devices, holdings.
pub fn write_crowd(folder: &Path, accounts: u32) -> Result<Genesis, ArchiveError> {
    let (officer, validator) = (SigningKey::from_seed(OFFICER), SigningKey::from_seed(VALIDATOR));
    let genesis = genesis(&officer, &validator)?;
    let first = genesis_changes(&genesis);
    let mut state: State =
        first.iter().map(|(key, value)| (key.to_vec(), value.map(<[u8]>::to_vec))).collect();
    (0..accounts).for_each(|number| add(&mut state, &genesis, number));
    let state_root =
        Tree::default().update(&state.iter().map(|(key, value)| (key, value.as_ref())).collect());
    let (chunks, entries) = write_chunks(folder, state)?;

    let first =
        next_header(&origin(&genesis), dure_chain::list::root::<[u8; 0]>(&[]), Hash32::default(), &validator);
    let second = next_header(&first, dure_chain::list::root::<[u8; 0]>(&[]), state_root, &validator);
    let finality = FinalityProof {
        chain: genesis.chain.clone(),
        genesis_hash: genesis.hash(),
        handovers: Vec::new(),
        header: second.encode().into(),
        certificate: certificate::sign(&genesis, &validator, &second).into(),
    };
    let manifest = SnapshotManifest {
        format: FORMAT,
        chain: genesis.chain.clone(),
        genesis_hash: genesis.hash(),
        height: first.height,
        digest: Hash32::new(first.digest()),
        state_root,
        headers: vec![first.encode().into()],
        finality,
        entries,
        chunks,
    };
    write_file(&folder.join(manifest_name(first.height)), &manifest.seal().0)?;
    Ok(genesis)
}

/// Records by key.
type State = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

fn add(state: &mut State, genesis: &Genesis, number: u32) {
    let bid = citizen_id(number);
    let public_key = PublicKey::new(sha256(&[b"key", &number.to_be_bytes()]));
    let id = public_key.certificate_id(&genesis.chain);
    let (class, registered_at) = (MemberClass::Citizen, genesis.time_ms);
    let member = Member { class, status: MemberStatus::Active, registered_at };
    let certificate = Certificate {
        owner: bid,
        public_key,
        role: Role::Holder,
        issued_at: genesis.time_ms,
        expires_at: NEVER,
        revoked: false,
        window: NonceWindow::default(),
    };
    let lot = Lot::takings(CampaignId::COIN, Amount::new(u64::from(number).saturating_add(1)));
    let holdings = Holdings { next_lot: 1, lots: vec![lot] };
    let devices = Devices { certificates: vec![id] };
    state.insert(Key::Member(&bid).to_bytes(), Some(codec::encode(&member)));
    state.insert(Key::Certificate(&id).to_bytes(), Some(codec::encode(&certificate)));
    state.insert(Key::Devices(&bid).to_bytes(), Some(codec::encode(&devices)));
    state.insert(Key::Holdings(&bid).to_bytes(), Some(codec::encode(&holdings)));
}

fn write_chunks(folder: &Path, state: State) -> Result<(Vec<Hash32>, u64), ArchiveError> {
    let (mut hashes, mut chunk, mut bytes, mut entries) = (Vec::new(), Vec::<Entry>::new(), 0usize, 0u64);
    let mut write = |chunk: &mut Vec<Entry>| {
        let (file, hash) = seal_chunk(chunk);
        let name = chunk_name(1, u32::try_from(hashes.len()).unwrap_or(u32::MAX));
        chunk.clear();
        hashes.push(hash);
        write_file(&folder.join(name), &file)
    };
    for (key, value) in state {
        let value = value.unwrap_or_default();
        bytes = bytes.saturating_add(key.len()).saturating_add(value.len());
        entries = entries.saturating_add(1);
        chunk.push((key.into(), value.into()));
        if bytes >= CHUNK_BYTES {
            write(&mut chunk)?;
            bytes = 0;
        }
    }
    if !chunk.is_empty() {
        write(&mut chunk)?;
    }
    Ok((hashes, entries))
}
