//! Transactions that other nodes pass on. Each is admitted as a client's is; none is passed on again.

use actix_web::{HttpRequest, HttpResponse, web};
use bytes::Bytes;
use minicbor::Decoder;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    Api,
    body::{self, Form},
    problem::Problem,
};
use crate::ingress::gossip::{MAX_BATCH, MAX_BATCH_BYTES};

/// A batch and its framing.
pub(super) const MAX_BODY: usize = MAX_BATCH_BYTES + MAX_BATCH * 8;

/// What became of a batch.
#[derive(Serialize, ToSchema)]
pub(super) struct Taken {
    /// Transactions that wait now or are final.
    accepted: usize,
    /// Transactions that were turned away for good.
    refused: usize,
    /// Transactions for which there was no room: worth bringing again.
    no_room: usize,
}

/// Takes a CBOR array of transactions (byte strings of wire bytes).
#[utoipa::path(post, path = "/v1/peer/transactions", responses(
    (status = 202, body = Taken), (status = 400, body = Problem), (status = 413, body = Problem)))]
pub(super) async fn take(
    api: web::Data<Api>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let Form::Cbor(bytes) = body::read(&request, payload, MAX_BODY).await? else {
        return Err(Problem::bad("MALFORMED_BATCH", "send a CBOR array of byte strings"));
    };
    let batch = split(&bytes).ok_or_else(|| {
        Problem::bad("MALFORMED_BATCH", "the body is not a canonical CBOR array of byte strings")
    })?;
    if batch.len() > MAX_BATCH {
        return Err(Problem::bad("BATCH_TOO_LONG", format!("at most {MAX_BATCH} transactions")));
    }
    let taken = api.admission.take(batch).await?;
    Ok(HttpResponse::Accepted().json(Taken {
        accepted: taken.accepted,
        refused: taken.refused,
        no_room: taken.no_room,
    }))
}

/// The byte strings of an array, without copying them; `None` unless the body is exactly the canonical form of one.
fn split(body: &Bytes) -> Option<Vec<Bytes>> {
    let mut decoder = Decoder::new(body);
    let count = usize::try_from(decoder.array().ok()??).ok()?;
    // A longer one is refused by the caller: an item has at least one byte of head.
    let mut items = Vec::with_capacity(count.min(MAX_BATCH + 1));
    let mut canonical = head_len(count)?;
    for _ in 0..count {
        let item = decoder.bytes().ok()?;
        canonical = canonical.checked_add(head_len(item.len())?)?.checked_add(item.len())?;
        if items.len() <= MAX_BATCH {
            items.push(body.slice_ref(item));
        }
    }
    // Of all encodings of the same items the canonical one is the shortest.
    (decoder.position() == body.len() && canonical == body.len()).then_some(items)
}

/// Bytes of the canonical head of an array or string of so many elements.
fn head_len(len: usize) -> Option<usize> {
    Some(match u32::try_from(len).ok()? {
        0..=23 => 1,
        24..=0xff => 2,
        0x100..=0xffff => 3,
        _ => 5,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use dure_score::codec;
    use minicbor::bytes::ByteVec;

    use super::*;

    #[test]
    fn it_reads_exactly_what_the_codec_reads() {
        let lens = [0usize, 1, 23, 24, 255, 256, 70_000];
        let batch: Vec<ByteVec> = lens.iter().map(|len| vec![7; *len].into()).collect();
        let good = Bytes::from(codec::encode(&batch));
        let items = split(&good).unwrap();
        assert!(items.iter().zip(&batch).all(|(got, sent)| **got == ***sent));
        assert_eq!(split(&Bytes::from_static(&[0x80])).unwrap().len(), 0);
        let bad: [&[u8]; 8] = [
            &[],
            &[0x9f, 0xff],
            &[0x98, 0x01, 0x40],
            &[0x81, 0x58, 0x01, 0x07],
            &[0x81, 0x5f, 0x41, 0x07, 0xff],
            &[0x81, 0x61, 0x61],
            &[0x81, 0x42, 0x07],
            &[0x81, 0x40, 0x00],
        ];
        for bytes in bad {
            assert!(split(&Bytes::copy_from_slice(bytes)).is_none(), "{bytes:02x?}");
            assert!(codec::decode::<Vec<ByteVec>>(bytes).is_err(), "{bytes:02x?}");
        }
        for cut in 0..300 {
            assert!(split(&good.slice(..cut)).is_none());
        }
    }
}
