-- Whose device it is: a person's or a shop's. A shop's first device has the same role as a person's.
ALTER TABLE devices ADD COLUMN owner_class TEXT NOT NULL DEFAULT 'person';
UPDATE devices SET owner_class = 'shop'
    WHERE role IN ('staff', 'terminal') OR owner IN (SELECT bid FROM merchants);
-- When a PIN was last tried, ms: a last try that is being looked at is told from one that was cut off.
ALTER TABLE devices ADD COLUMN tried_at BIGINT NOT NULL DEFAULT 0;
