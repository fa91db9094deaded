-- The header bytes of an event, frozen: eventstore/header.py builds the same, tests pin both. Each field is its length
-- (4 bytes, big-endian) and its bytes; an absent subject has length 0.
CREATE OR REPLACE FUNCTION eventstore.header(
    stream_id uuid, version bigint, event_id uuid, command_id uuid, type text, subject_id uuid, key_id uuid,
    actor_id uuid, actor_role text, recorded_at timestamptz, blobs bytea
) RETURNS bytea
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT 'attune.event.v1'::bytea
        || int4send(16) || uuid_send(stream_id)
        || int4send(8) || int8send(version)
        || int4send(16) || uuid_send(event_id)
        || int4send(16) || uuid_send(command_id)
        || int4send(octet_length(convert_to(type, 'UTF8'))) || convert_to(type, 'UTF8')
        || CASE WHEN subject_id IS NULL THEN int4send(0) ELSE int4send(16) || uuid_send(subject_id) END
        || int4send(16) || uuid_send(key_id)
        || int4send(16) || uuid_send(actor_id)
        || int4send(octet_length(convert_to(actor_role, 'UTF8'))) || convert_to(actor_role, 'UTF8')
        || int4send(8) || int8send((extract(epoch FROM recorded_at) * 1000000)::bigint)
        || int4send(octet_length(blobs)) || blobs
$$;
