-- Prices that projects set themselves. They apply before the price table.
CREATE TABLE prices
(
    id         TEXT NOT NULL PRIMARY KEY,
    project    TEXT NOT NULL,
    -- A model name, in which `*` stands for any characters, as it was entered and as it is compared with others.
    model      TEXT NOT NULL,
    model_key  TEXT NOT NULL,
    -- Empty for every provider.
    provider   TEXT NOT NULL,
    provider_key TEXT NOT NULL,
    -- The range of the start of calls. 0 and a time far in the future if it has no limit.
    from_ms    BIGINT NOT NULL,
    to_ms      BIGINT NOT NULL,
    -- JSON with the prices per million tokens, per request, for long prompts and by service tier.
    terms      TEXT NOT NULL,
    revision   INTEGER NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (project, model_key, provider_key, from_ms)
);

-- One row. The number grows with every change of a price, so that other servers notice it.
CREATE TABLE price_changes
(
    id       INTEGER NOT NULL PRIMARY KEY,
    revision BIGINT NOT NULL
);

INSERT INTO price_changes (id, revision) VALUES (1, 0);
