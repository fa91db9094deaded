-- The leaf hash (RFC 6962: SHA-256 of 0x00 and the leaf's data) of an event at a position. The data are frozen:
-- "attune.leaf.v1", the position as 8 bytes big-endian, the event's chain hash. eventstore/header.py builds the same.
CREATE OR REPLACE FUNCTION eventstore.leaf(p_position bigint, p_hash bytea) RETURNS bytea
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT sha256('\x00'::bytea || 'attune.leaf.v1'::bytea || int8send(p_position) || p_hash)
$$;
