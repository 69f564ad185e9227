ALTER TABLE devices DROP COLUMN tried_at;
ALTER TABLE devices DROP COLUMN owner_class;
