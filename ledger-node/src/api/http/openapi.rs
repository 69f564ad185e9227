//! The interface's own description (OpenAPI).

use actix_web::web;
use utoipa::OpenApi;

use super::{blocks, peer, proofs, records, service, snapshots, stream, sync, transactions};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Dure ledger node",
        description = "A node of the permissioned ledger.",
        license(name = "Apache-2.0")
    ),
    paths(
        transactions::submit,
        transactions::state,
        transactions::dry_run,
        peer::take,
        blocks::range,
        blocks::latest,
        blocks::by_hash,
        blocks::by_height,
        blocks::transaction,
        records::account,
        records::certificate,
        records::campaigns,
        records::campaign,
        records::payment,
        records::order,
        records::deposit,
        records::batch,
        records::payout,
        records::supply,
        proofs::transaction,
        proofs::account,
        proofs::payment,
        proofs::deposit,
        snapshots::list,
        snapshots::manifest,
        snapshots::chunk,
        service::genesis,
        service::status,
        service::health,
        service::metrics,
        stream::blocks,
        sync::blocks
    )
)]
struct Document;

/// The description.
pub(super) async fn document() -> web::Json<utoipa::openapi::OpenApi> {
    web::Json(Document::openapi())
}
