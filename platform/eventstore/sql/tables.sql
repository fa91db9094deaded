-- The log. Owned by the migrating role; the app's role may read it and call functions, nothing more.
CREATE SCHEMA eventstore;

-- One row a stream: the lock that serialises its writers, its version and the head of its hash chain.
CREATE TABLE eventstore.stream (
    stream_id  uuid PRIMARY KEY,
    category   text NOT NULL,
    entity_id  uuid NOT NULL,
    subject_id uuid,
    version    bigint NOT NULL DEFAULT 0,
    head       bytea NOT NULL DEFAULT decode(repeat('00', 32), 'hex'),
    UNIQUE (category, entity_id)
) WITH (fillfactor = 70);
CREATE INDEX stream_subject ON eventstore.stream (subject_id) WHERE subject_id IS NOT NULL;

-- seq is the order of writing within a stream and no order at all between streams: readers follow log_position.
CREATE TABLE eventstore.event (
    stream_id   uuid NOT NULL,
    version     bigint NOT NULL,
    seq         bigint GENERATED ALWAYS AS IDENTITY (CACHE 1),
    xid         xid8 NOT NULL DEFAULT pg_current_xact_id(),
    event_id    uuid NOT NULL UNIQUE,
    command_id  uuid NOT NULL,
    type        text NOT NULL,
    subject_id  uuid,
    key_id      uuid NOT NULL,
    actor_id    uuid NOT NULL,
    actor_role  text NOT NULL,
    recorded_at timestamptz NOT NULL,
    blobs       bytea NOT NULL,
    ciphertext  bytea NOT NULL,
    ct_digest   bytea NOT NULL,
    hash        bytea NOT NULL,
    PRIMARY KEY (stream_id, version)
);
ALTER TABLE eventstore.event ALTER COLUMN ciphertext SET STORAGE EXTERNAL;
CREATE UNIQUE INDEX event_seq ON eventstore.event (seq);
CREATE INDEX event_xid ON eventstore.event (xid);
CREATE INDEX event_recorded_at ON eventstore.event USING brin (recorded_at);

-- The gapless order, given after commit by the sealer alone, with the leaf of the Merkle tree.
CREATE TABLE eventstore.log_position (
    position  bigint PRIMARY KEY,
    seq       bigint NOT NULL UNIQUE,
    stream_id uuid NOT NULL,
    version   bigint NOT NULL,
    leaf      bytea NOT NULL
);

-- Roots of the tree over the first `size` positions; peaks are its perfect subtrees, left to right.
CREATE TABLE eventstore.checkpoint (
    size       bigint PRIMARY KEY,
    root       bytea NOT NULL,
    peaks      bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Where the sealer stands. xids mean something within one cluster only: hence its identifier.
CREATE TABLE eventstore.seal_state (
    only_row          boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    low_xid           xid8 NOT NULL,
    next_position     bigint NOT NULL,
    system_identifier bigint NOT NULL
);
INSERT INTO eventstore.seal_state (low_xid, next_position, system_identifier)
SELECT '0'::xid8, 1, system_identifier FROM pg_control_system();
