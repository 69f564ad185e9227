//! The text behind the codes on the screen and on the sticker: EMVCo merchant-presented codes of this city's scheme.

use dure_db::merchants::Merchant;
use dure_web::emvco::{MerchantQr, QrError};

use super::record::Order;
use crate::error::PosError;

/// The code of one order: names shop, order and price, so that the payer types nothing.
pub fn dynamic_code(shop: &Merchant, order: &Order) -> Result<String, PosError> {
    let price = u64::try_from(order.amount).map_err(|_| PosError::Internal("a negative price"))?;
    encode(shop, Some((&order.order_id, price)))
}

/// The code to print: names the shop; the payer types the amount.
pub fn static_code(shop: &Merchant) -> Result<String, PosError> {
    encode(shop, None)
}

fn encode(shop: &Merchant, sale: Option<(&str, u64)>) -> Result<String, PosError> {
    let code = MerchantQr::new(&shop.code, &shop.category, &shop.name_en, &shop.city_en, sale);
    code.encode().map_err(|error: QrError| PosError::Qr(error.code()))
}
