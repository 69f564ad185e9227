//! In which language a request wants its answer.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header, web::Query};
use dure_web::View;
use serde::Deserialize;

use crate::error::ServiceError;

/// The person's choices, from `?lang=`, cookies and `Accept-Language`.
#[derive(Debug, Clone, Copy)]
pub struct PageView(pub View);

#[derive(Deserialize)]
struct Asked {
    lang: Option<String>,
}

impl FromRequest for PageView {
    type Error = ServiceError;
    type Future = Ready<Result<Self, ServiceError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let text = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
        let asked =
            Query::<Asked>::from_query(request.query_string()).ok().and_then(|query| query.into_inner().lang);
        let view = View::from_request(asked.as_deref(), text(header::COOKIE), text(header::ACCEPT_LANGUAGE));
        ready(Ok(Self(view)))
    }
}
