-- What a payer's phone shows at a counter, under a number that can be read out: a signed one-time authorisation.
CREATE TABLE payer_codes (
    number TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL UNIQUE,
    code TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    -- The shop that has asked for it; no other gets it.
    taken_by TEXT
);
CREATE INDEX payer_codes_expires_at ON payer_codes (expires_at);
