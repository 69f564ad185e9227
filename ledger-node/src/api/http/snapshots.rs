//! Snapshots of the state, for nodes that join. Whoever fetches one proves it from the genesis; see [`crate::history::archive`].

use actix_web::{HttpResponse, web};
use dure_score::Hash32;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Api, problem::Problem};
use crate::history::archive::{
    ArchiveError, SnapshotManifest, keeper, read_file,
    snapshot::{MAX_CHUNK_BYTES, MAX_MANIFEST_BYTES, chunk_name, manifest_name},
};

/// A snapshot that can be fetched.
#[derive(Serialize, ToSchema)]
pub(super) struct Offered {
    /// The last block that its state has seen.
    height: u64,
    /// Digest of that block.
    #[schema(value_type = String)]
    digest: Hash32,
    /// Root of the state.
    #[schema(value_type = String)]
    state_root: Hash32,
    /// Number of entries.
    entries: u64,
    /// Number of chunks, about 1 MiB each.
    chunks: usize,
}

/// The snapshots of this node, oldest first; empty if it writes none.
#[utoipa::path(get, path = "/v1/snapshots", responses((status = 200, body = Vec<Offered>)))]
pub(super) async fn list(api: web::Data<Api>) -> Result<web::Json<Vec<Offered>>, Problem> {
    Ok(web::Json(web::block(move || offered(&api)).await??))
}

fn offered(api: &Api) -> Result<Vec<Offered>, Problem> {
    let mut all = Vec::new();
    for height in keeper::list(&api.snapshots)? {
        // One that a newer has just replaced is gone.
        let Some(bytes) = read(api, height, &manifest_name(height), MAX_MANIFEST_BYTES)? else { continue };
        let (manifest, _) = SnapshotManifest::open(&bytes, height)?;
        let SnapshotManifest { digest, state_root, entries, chunks, .. } = manifest;
        all.push(Offered { height, digest, state_root, entries, chunks: chunks.len() });
    }
    Ok(all)
}

/// The manifest of a snapshot, as a file.
#[utoipa::path(get, path = "/v1/snapshots/{height}/manifest", params(("height" = u64, Path)), responses(
    (status = 200, body = Vec<u8>, content_type = "application/octet-stream"), (status = 404, body = Problem)))]
pub(super) async fn manifest(api: web::Data<Api>, height: web::Path<u64>) -> Result<HttpResponse, Problem> {
    let height = height.into_inner();
    file(api, height, manifest_name(height), MAX_MANIFEST_BYTES).await
}

/// A chunk of a snapshot, as a file.
#[utoipa::path(get, path = "/v1/snapshots/{height}/chunks/{index}",
    params(("height" = u64, Path), ("index" = u32, Path)), responses(
    (status = 200, body = Vec<u8>, content_type = "application/octet-stream"), (status = 404, body = Problem)))]
pub(super) async fn chunk(
    api: web::Data<Api>,
    place: web::Path<(u64, u32)>,
) -> Result<HttpResponse, Problem> {
    let (height, index) = place.into_inner();
    file(api, height, chunk_name(height, index), MAX_CHUNK_BYTES).await
}

async fn file(api: web::Data<Api>, height: u64, name: String, max: usize) -> Result<HttpResponse, Problem> {
    let found = web::block(move || read(&api, height, &name, max)).await??;
    let missing = || Problem::not_found("snapshot; see /v1/snapshots for those that this node keeps");
    Ok(HttpResponse::Ok().content_type("application/octet-stream").body(found.ok_or_else(missing)?))
}

fn read(api: &Api, height: u64, name: &str, max: usize) -> Result<Option<Vec<u8>>, ArchiveError> {
    read_file(&keeper::place(&api.snapshots, height).join(name), max)
}
