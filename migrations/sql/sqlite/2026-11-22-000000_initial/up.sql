-- Money is BIGINT minor units; times are BIGINT milliseconds since 1970 UTC; ids are lowercase hex or ASCII.

-- How far each follower of the ledger has come.
CREATE TABLE checkpoints (
    name TEXT PRIMARY KEY NOT NULL,
    height BIGINT NOT NULL,
    digest TEXT NOT NULL
);

-- Personal data: off the ledger only.
CREATE TABLE people (
    bid TEXT PRIMARY KEY NOT NULL,
    display_name TEXT NOT NULL,
    email TEXT NOT NULL UNIQUE,
    phone TEXT UNIQUE,
    lang TEXT NOT NULL,
    registrar TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE merchants (
    bid TEXT PRIMARY KEY NOT NULL,
    code TEXT NOT NULL UNIQUE,
    name_ko TEXT NOT NULL,
    name_en TEXT NOT NULL,
    city_en TEXT NOT NULL,
    category TEXT NOT NULL,
    region TEXT NOT NULL,
    email TEXT NOT NULL UNIQUE,
    lang TEXT NOT NULL,
    bank_code TEXT NOT NULL,
    bank_account TEXT NOT NULL,
    account_holder TEXT NOT NULL,
    held BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE one_time_codes (
    id TEXT PRIMARY KEY NOT NULL,
    purpose TEXT NOT NULL,
    subject TEXT NOT NULL,
    code_hash TEXT NOT NULL,
    tries INTEGER NOT NULL,
    used BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX one_time_codes_subject ON one_time_codes (purpose, subject, created_at);

-- Devices of citizens and of shops, with the server's half of the PIN protection.
CREATE TABLE devices (
    certificate TEXT PRIMARY KEY NOT NULL,
    owner TEXT NOT NULL,
    role TEXT NOT NULL,
    public_key TEXT NOT NULL,
    name TEXT NOT NULL,
    pin_verifier TEXT NOT NULL,
    pin_share TEXT,
    wrong_pins INTEGER NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX devices_owner ON devices (owner);

CREATE TABLE sessions (
    token_hash TEXT PRIMARY KEY NOT NULL,
    app TEXT NOT NULL,
    owner TEXT NOT NULL,
    certificate TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE TABLE mail_outbox (
    id TEXT PRIMARY KEY NOT NULL,
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    created_at BIGINT NOT NULL,
    next_try_at BIGINT NOT NULL,
    sent_at BIGINT,
    last_error TEXT
);
CREATE INDEX mail_outbox_due ON mail_outbox (sent_at, next_try_at);

-- Transactions that our own officers' keys sign: made and stored before they are sent, one per purpose.
CREATE TABLE outgoing (
    purpose TEXT PRIMARY KEY NOT NULL,
    tx TEXT NOT NULL,
    wire TEXT NOT NULL,
    signer TEXT NOT NULL,
    nonce BIGINT NOT NULL,
    valid_until BIGINT NOT NULL,
    state TEXT NOT NULL,
    receipt TEXT,
    created_at BIGINT NOT NULL
);
CREATE TABLE nonces (
    certificate TEXT PRIMARY KEY NOT NULL,
    last BIGINT NOT NULL
);

-- Read model of the ledger, written by the follower only.
CREATE TABLE accounts (
    bid TEXT PRIMARY KEY NOT NULL,
    balance BIGINT NOT NULL,
    height BIGINT NOT NULL
);
CREATE TABLE lots (
    bid TEXT NOT NULL,
    lot_id BIGINT NOT NULL,
    campaign BIGINT NOT NULL,
    acquired_at BIGINT NOT NULL,
    face BIGINT NOT NULL,
    price_paid BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    PRIMARY KEY (bid, lot_id)
);
CREATE TABLE entries (
    id TEXT PRIMARY KEY NOT NULL,
    bid TEXT NOT NULL,
    tx TEXT NOT NULL,
    height BIGINT NOT NULL,
    position BIGINT NOT NULL,
    kind TEXT NOT NULL,
    amount BIGINT NOT NULL,
    balance_after BIGINT NOT NULL,
    counterparty TEXT,
    reference TEXT,
    at BIGINT NOT NULL
);
CREATE INDEX entries_bid ON entries (bid, height, position);
CREATE TABLE campaigns (
    id BIGINT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    terms TEXT NOT NULL,
    budget BIGINT NOT NULL,
    issued BIGINT NOT NULL
);
CREATE TABLE payments (
    tx TEXT PRIMARY KEY NOT NULL,
    payer TEXT NOT NULL,
    merchant TEXT NOT NULL,
    order_id TEXT NOT NULL,
    amount BIGINT NOT NULL,
    refunded BIGINT NOT NULL,
    paid_at BIGINT NOT NULL,
    height BIGINT NOT NULL
);
CREATE INDEX payments_merchant ON payments (merchant, height);

-- The till.
CREATE TABLE orders (
    merchant TEXT NOT NULL,
    order_id TEXT NOT NULL,
    amount BIGINT NOT NULL,
    state TEXT NOT NULL,
    note TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    tx TEXT,
    paid_at BIGINT,
    paid_amount BIGINT NOT NULL,
    refunded BIGINT NOT NULL,
    PRIMARY KEY (merchant, order_id)
);
CREATE INDEX orders_day ON orders (merchant, created_at);
CREATE INDEX orders_paid ON orders (merchant, paid_at);

-- The bank gateway and the daily batch.
CREATE TABLE charge_references (
    code TEXT PRIMARY KEY NOT NULL,
    bid TEXT NOT NULL,
    campaign BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE TABLE deposits (
    reference TEXT PRIMARY KEY NOT NULL,
    code TEXT NOT NULL,
    amount BIGINT NOT NULL,
    payer_name TEXT NOT NULL,
    booked_on TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,
    tx TEXT,
    seen_at BIGINT NOT NULL
);
CREATE TABLE batches (
    id TEXT PRIMARY KEY NOT NULL,
    business_date TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL,
    from_height BIGINT NOT NULL,
    to_height BIGINT NOT NULL,
    payout_count BIGINT NOT NULL,
    control_sum BIGINT NOT NULL,
    file_name TEXT,
    file_sha256 TEXT,
    file_time BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE TABLE payouts (
    id TEXT PRIMARY KEY NOT NULL,
    batch TEXT NOT NULL,
    merchant TEXT NOT NULL,
    amount BIGINT NOT NULL,
    payments BIGINT NOT NULL,
    refunds BIGINT NOT NULL,
    held BIGINT NOT NULL,
    uetr TEXT NOT NULL,
    creditor_name TEXT NOT NULL,
    bank_code TEXT NOT NULL,
    bank_account TEXT NOT NULL,
    state TEXT NOT NULL,
    bank_reason TEXT,
    bank_reference TEXT,
    statement_queued BOOLEAN NOT NULL
);
CREATE INDEX payouts_batch ON payouts (batch);
-- Bank files already read, so that none counts twice.
CREATE TABLE bank_files (
    sha256 TEXT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    read_at BIGINT NOT NULL
);
