-- What decided when a source is polled next, and until when its publisher asked to be left alone.
ALTER TABLE source ADD COLUMN interval_ms INTEGER;
ALTER TABLE source ADD COLUMN wait_reason TEXT;
ALTER TABLE source ADD COLUMN held_until INTEGER;

-- How often its entries appear: entries and the seconds they appeared in, both fading.
ALTER TABLE source ADD COLUMN rhythm_entries REAL NOT NULL DEFAULT 0;
ALTER TABLE source ADD COLUMN rhythm_span_s REAL NOT NULL DEFAULT 0;
ALTER TABLE source ADD COLUMN last_new INTEGER;
