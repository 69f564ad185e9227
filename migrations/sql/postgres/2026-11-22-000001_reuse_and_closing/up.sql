-- A campaign that has ended gives nothing, whatever comes back into its budget.
ALTER TABLE campaigns ADD COLUMN closed BOOLEAN NOT NULL DEFAULT FALSE;
-- Takings that the merchant spent at other merchants, less what came back of them and cashback.
ALTER TABLE payouts ADD COLUMN reused BIGINT NOT NULL DEFAULT 0;
