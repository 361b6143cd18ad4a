-- Pages in colour cost their person more. What is listed already counts as black and white, which is cheaper.

ALTER TABLE own_acts ADD COLUMN is_colour BIGINT NOT NULL DEFAULT 0;
