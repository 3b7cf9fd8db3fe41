-- Finds the mails that some recipient refused for good, among all those that were delivered.
CREATE INDEX delivery_refusal ON delivery_recipient (delivery) WHERE refused IS NOT NULL;
