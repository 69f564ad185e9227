//! What others may ask of this node over HTTP, and who may.

pub mod access;
pub mod http;
