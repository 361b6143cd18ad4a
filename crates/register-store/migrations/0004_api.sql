-- Answers of the REST API to requests that may be sent again, for a day.
--
-- `holder` is whose token it was, `sent_key` the key that came with the request, `request` the
-- SHA-256 of the request. Times are microseconds since the epoch.

CREATE TABLE api_answers (
    holder      TEXT NOT NULL,
    sent_key    TEXT NOT NULL,
    request     TEXT NOT NULL,
    at          BIGINT NOT NULL,
    answer      TEXT NOT NULL,
    PRIMARY KEY (holder, sent_key)
);
CREATE INDEX api_answers_by_age ON api_answers (at);
CREATE INDEX api_answers_of_holder ON api_answers (holder, at);
