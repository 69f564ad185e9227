-- Who vouches for a person: the registrar that enrolled them, and those that took the registration over.
CREATE TABLE registrations (
    registrar TEXT NOT NULL,
    email TEXT NOT NULL,
    bid TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (registrar, email)
);
CREATE INDEX registrations_bid ON registrations (bid);
INSERT INTO registrations (registrar, email, bid, created_at) SELECT registrar, email, bid, created_at FROM people;

-- Who has looked a person up, and why: shown to that person.
CREATE TABLE look_ups (
    id TEXT PRIMARY KEY NOT NULL,
    bid TEXT NOT NULL,
    kind TEXT NOT NULL,
    by_id TEXT NOT NULL,
    by_name TEXT NOT NULL,
    reason TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX look_ups_bid ON look_ups (bid, at);
CREATE INDEX look_ups_age ON look_ups (at);

-- What a person has chosen for a device: up to which amount it pays without a PIN, when its screen locks.
CREATE TABLE device_choices (
    certificate TEXT PRIMARY KEY NOT NULL,
    free_amount BIGINT NOT NULL,
    lock_after_ms BIGINT NOT NULL,
    freed_at BIGINT NOT NULL
);

-- New phones that wait at the counter for a person to be found and two officers to agree.
CREATE TABLE new_phones (
    token_hash TEXT PRIMARY KEY NOT NULL,
    number TEXT NOT NULL UNIQUE,
    certificate TEXT NOT NULL UNIQUE,
    public_key TEXT NOT NULL,
    device_name TEXT NOT NULL,
    pin_verifier TEXT NOT NULL,
    pin_share TEXT NOT NULL,
    bid TEXT,
    possession TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

-- What officers have proposed at the counter, by the transaction that proposed it.
CREATE TABLE counter_cases (
    proposal TEXT PRIMARY KEY NOT NULL,
    institution TEXT NOT NULL,
    kind TEXT NOT NULL,
    bid TEXT NOT NULL,
    certificate TEXT,
    reason TEXT NOT NULL,
    proposed_by TEXT NOT NULL,
    state TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    closed_at BIGINT
);
CREATE INDEX counter_cases_open ON counter_cases (institution, state, created_at);

-- Answers to requests that must not be done twice, by the key that the other side has chosen.
CREATE TABLE idempotency_keys (
    scope TEXT NOT NULL,
    key TEXT NOT NULL,
    request TEXT NOT NULL,
    answer TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (scope, key)
);
CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);
