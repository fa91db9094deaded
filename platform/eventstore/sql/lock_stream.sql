-- Locks a stream's row until the transaction ends, making it if it is new, and gives its version.
CREATE OR REPLACE FUNCTION eventstore.lock_stream(
    p_stream_id uuid, p_category text, p_entity_id uuid, p_subject_id uuid
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    locked eventstore.stream;
BEGIN
    SELECT * INTO locked FROM eventstore.stream WHERE stream_id = p_stream_id FOR UPDATE;
    IF NOT FOUND THEN
        INSERT INTO eventstore.stream (stream_id, category, entity_id, subject_id)
        VALUES (p_stream_id, p_category, p_entity_id, p_subject_id) ON CONFLICT DO NOTHING;
        SELECT * INTO STRICT locked FROM eventstore.stream WHERE stream_id = p_stream_id FOR UPDATE;
    END IF;
    RETURN locked.version;
END
$$;
