DROP TABLE payer_codes;
