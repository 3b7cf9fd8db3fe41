-- When a stretch of failures of a channel was told through another one.
ALTER TABLE channel ADD COLUMN failing_told INTEGER;
