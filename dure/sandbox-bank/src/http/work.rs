//! The bank's own work behind a request.

use super::problem::Problem;
use crate::bank::Bank;
use crate::error::BankError;
use actix_web::web;

/// Runs work that touches the disk where it does not hold up other requests.
pub(super) async fn with_bank<T, F>(bank: web::Data<Bank>, work: F) -> Result<T, Problem>
where
    T: Send + 'static,
    F: FnOnce(&Bank) -> Result<T, BankError> + Send + 'static,
{
    let done = web::block(move || work(&bank)).await;
    Ok(done.map_err(|_| BankError::Stopping)??)
}
