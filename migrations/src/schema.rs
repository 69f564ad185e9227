//! The tables as diesel sees them; the truth is `sql/`. Both databases have the same portable types.
#![allow(missing_docs, reason = "columns carry the names and comments of the SQL")]

diesel::table! {
    checkpoints (name) {
        name -> Text,
        height -> BigInt,
        digest -> Text,
    }
}

diesel::table! {
    people (bid) {
        bid -> Text,
        display_name -> Text,
        email -> Text,
        phone -> Nullable<Text>,
        lang -> Text,
        registrar -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    merchants (bid) {
        bid -> Text,
        code -> Text,
        name_ko -> Text,
        name_en -> Text,
        city_en -> Text,
        category -> Text,
        region -> Text,
        email -> Text,
        lang -> Text,
        bank_code -> Text,
        bank_account -> Text,
        account_holder -> Text,
        held -> BigInt,
        created_at -> BigInt,
    }
}

diesel::table! {
    one_time_codes (id) {
        id -> Text,
        purpose -> Text,
        subject -> Text,
        code_hash -> Text,
        tries -> Integer,
        used -> Bool,
        created_at -> BigInt,
        expires_at -> BigInt,
    }
}

diesel::table! {
    devices (certificate) {
        certificate -> Text,
        owner -> Text,
        role -> Text,
        public_key -> Text,
        name -> Text,
        pin_verifier -> Text,
        pin_share -> Nullable<Text>,
        wrong_pins -> Integer,
        created_at -> BigInt,
        last_used_at -> BigInt,
        revoked_at -> Nullable<BigInt>,
        owner_class -> Text,
        tried_at -> BigInt,
    }
}

diesel::table! {
    sessions (token_hash) {
        token_hash -> Text,
        app -> Text,
        owner -> Text,
        certificate -> Text,
        created_at -> BigInt,
        expires_at -> BigInt,
    }
}

diesel::table! {
    mail_outbox (id) {
        id -> Text,
        recipient -> Text,
        subject -> Text,
        body -> Text,
        attempts -> Integer,
        created_at -> BigInt,
        next_try_at -> BigInt,
        sent_at -> Nullable<BigInt>,
        last_error -> Nullable<Text>,
    }
}

diesel::table! {
    outgoing (purpose) {
        purpose -> Text,
        tx -> Text,
        wire -> Text,
        signer -> Text,
        nonce -> BigInt,
        valid_until -> BigInt,
        state -> Text,
        receipt -> Nullable<Text>,
        created_at -> BigInt,
    }
}

diesel::table! {
    nonces (certificate) {
        certificate -> Text,
        last -> BigInt,
    }
}

diesel::table! {
    accounts (bid) {
        bid -> Text,
        balance -> BigInt,
        height -> BigInt,
    }
}

diesel::table! {
    lots (bid, lot_id) {
        bid -> Text,
        lot_id -> BigInt,
        campaign -> BigInt,
        acquired_at -> BigInt,
        face -> BigInt,
        price_paid -> BigInt,
        expires_at -> BigInt,
        amount -> BigInt,
    }
}

diesel::table! {
    entries (id) {
        id -> Text,
        bid -> Text,
        tx -> Text,
        height -> BigInt,
        position -> BigInt,
        kind -> Text,
        amount -> BigInt,
        balance_after -> BigInt,
        counterparty -> Nullable<Text>,
        reference -> Nullable<Text>,
        at -> BigInt,
    }
}

diesel::table! {
    campaigns (id) {
        id -> BigInt,
        name -> Text,
        terms -> Text,
        budget -> BigInt,
        issued -> BigInt,
        closed -> Bool,
    }
}

diesel::table! {
    payments (tx) {
        tx -> Text,
        payer -> Text,
        merchant -> Text,
        order_id -> Text,
        amount -> BigInt,
        refunded -> BigInt,
        paid_at -> BigInt,
        height -> BigInt,
    }
}

diesel::table! {
    orders (merchant, order_id) {
        merchant -> Text,
        order_id -> Text,
        amount -> BigInt,
        state -> Text,
        note -> Text,
        created_by -> Text,
        created_at -> BigInt,
        expires_at -> BigInt,
        tx -> Nullable<Text>,
        paid_at -> Nullable<BigInt>,
        paid_amount -> BigInt,
        refunded -> BigInt,
    }
}

diesel::table! {
    charge_references (code) {
        code -> Text,
        bid -> Text,
        campaign -> BigInt,
        created_at -> BigInt,
    }
}

diesel::table! {
    deposits (reference) {
        reference -> Text,
        code -> Text,
        amount -> BigInt,
        payer_name -> Text,
        booked_on -> Text,
        state -> Text,
        reason -> Nullable<Text>,
        tx -> Nullable<Text>,
        seen_at -> BigInt,
    }
}

diesel::table! {
    batches (id) {
        id -> Text,
        business_date -> Text,
        state -> Text,
        from_height -> BigInt,
        to_height -> BigInt,
        payout_count -> BigInt,
        control_sum -> BigInt,
        file_name -> Nullable<Text>,
        file_sha256 -> Nullable<Text>,
        file_time -> BigInt,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

diesel::table! {
    payouts (id) {
        id -> Text,
        batch -> Text,
        merchant -> Text,
        amount -> BigInt,
        payments -> BigInt,
        refunds -> BigInt,
        held -> BigInt,
        uetr -> Text,
        creditor_name -> Text,
        bank_code -> Text,
        bank_account -> Text,
        state -> Text,
        bank_reason -> Nullable<Text>,
        bank_reference -> Nullable<Text>,
        statement_queued -> Bool,
        reused -> BigInt,
    }
}

diesel::table! {
    bank_files (sha256) {
        sha256 -> Text,
        name -> Text,
        kind -> Text,
        read_at -> BigInt,
    }
}

diesel::table! {
    payer_codes (number) {
        number -> Text,
        owner -> Text,
        code -> Text,
        expires_at -> BigInt,
        taken_by -> Nullable<Text>,
    }
}

diesel::table! {
    registrations (registrar, email) {
        registrar -> Text,
        email -> Text,
        bid -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    look_ups (id) {
        id -> Text,
        bid -> Text,
        kind -> Text,
        by_id -> Text,
        by_name -> Text,
        reason -> Text,
        at -> BigInt,
    }
}

diesel::table! {
    device_choices (certificate) {
        certificate -> Text,
        free_amount -> BigInt,
        lock_after_ms -> BigInt,
        freed_at -> BigInt,
    }
}

diesel::table! {
    new_phones (token_hash) {
        token_hash -> Text,
        number -> Text,
        certificate -> Text,
        public_key -> Text,
        device_name -> Text,
        pin_verifier -> Text,
        pin_share -> Text,
        bid -> Nullable<Text>,
        possession -> Nullable<Text>,
        created_at -> BigInt,
        expires_at -> BigInt,
    }
}

diesel::table! {
    counter_cases (proposal) {
        proposal -> Text,
        institution -> Text,
        kind -> Text,
        bid -> Text,
        certificate -> Nullable<Text>,
        reason -> Text,
        proposed_by -> Text,
        state -> Text,
        created_at -> BigInt,
        closed_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    idempotency_keys (scope, key) {
        scope -> Text,
        key -> Text,
        request -> Text,
        answer -> Text,
        created_at -> BigInt,
    }
}

diesel::allow_tables_to_appear_in_same_query!(entries, merchants);
