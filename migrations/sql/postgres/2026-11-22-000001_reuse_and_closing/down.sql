ALTER TABLE payouts DROP COLUMN reused;
ALTER TABLE campaigns DROP COLUMN closed;
