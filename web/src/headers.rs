//! The security headers that every HTML answer carries. The scripts are built for exactly these: nothing inline,
//! no `innerHTML`, no address but our own.

/// `Content-Security-Policy` for pages. `wasm-unsafe-eval` lets the QR reader compile; `data:` and `blob:` pictures
/// are the QR codes that a service sends as SVG text.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; \
    style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; object-src 'none'; base-uri 'none'; \
    form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'";

/// `Permissions-Policy`: the camera for scanning, nothing else.
pub const PERMISSIONS_POLICY: &str = "camera=(self), microphone=(), geolocation=(), payment=()";

/// Name and value of each header for an HTML page.
pub const PAGE_HEADERS: [(&str, &str); 6] = [
    ("Content-Security-Policy", CONTENT_SECURITY_POLICY),
    ("Permissions-Policy", PERMISSIONS_POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cache-Control", "no-store"),
];

/// `Cache-Control` of an [`crate::Asset`] that is `immutable`.
pub const IMMUTABLE: &str = "public, max-age=31536000, immutable";
