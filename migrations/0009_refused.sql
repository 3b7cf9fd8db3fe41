-- What a recipient of a mail was refused with for good; NULL for one that was served.
ALTER TABLE delivery_recipient ADD COLUMN refused TEXT;
