-- Blocks that were left out of the text because the site repeats them: hashes of eight bytes, little-endian, one after the
-- other. NULL for a revision that was recorded before they were kept.
ALTER TABLE revision ADD COLUMN repeated BLOB;
