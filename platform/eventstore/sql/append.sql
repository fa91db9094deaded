-- Appends a batch to one stream. Gives ('appended' | 'repeated' | 'conflict' | 'subject_differs', version) and never
-- raises for these, so that the caller's transaction goes on. The stream's row is locked until that transaction ends.
CREATE OR REPLACE FUNCTION eventstore.append(
    p_stream_id uuid, p_category text, p_entity_id uuid, p_subject_id uuid, p_expected bigint,
    p_command_id uuid, p_actor_id uuid, p_actor_role text,
    p_event_ids uuid[], p_types text[], p_key_ids uuid[], p_blobs bytea[], p_ciphertexts bytea[],
    OUT status text, OUT version bigint
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    locked   eventstore.stream;
    now_utc  timestamptz;
    digest   bytea;
BEGIN
    SELECT * INTO locked FROM eventstore.stream s WHERE s.stream_id = p_stream_id FOR UPDATE;
    IF NOT FOUND AND p_expected = 0 THEN
        INSERT INTO eventstore.stream (stream_id, category, entity_id, subject_id)
        VALUES (p_stream_id, p_category, p_entity_id, p_subject_id) ON CONFLICT DO NOTHING;
        SELECT * INTO STRICT locked FROM eventstore.stream s WHERE s.stream_id = p_stream_id FOR UPDATE;
    END IF;
    -- A retry after an unknown outcome: the first result stands, whatever the stream has become since.
    SELECT 'repeated', e.version INTO status, version FROM eventstore.event e
    WHERE e.event_id = p_event_ids[1] AND e.stream_id = p_stream_id;
    IF FOUND THEN
        SELECT max(e.version) INTO version FROM eventstore.event e
        WHERE e.stream_id = p_stream_id AND e.version >= append.version AND e.command_id = p_command_id;
        RETURN;
    END IF;
    version := coalesce(locked.version, 0);
    IF version <> p_expected THEN
        status := 'conflict';
        RETURN;
    END IF;
    IF locked.subject_id IS DISTINCT FROM p_subject_id THEN
        status := 'subject_differs';
        RETURN;
    END IF;
    now_utc := date_trunc('microseconds', clock_timestamp());
    FOR i IN 1 .. cardinality(p_event_ids) LOOP
        version := version + 1;
        digest := sha256(p_ciphertexts[i]);
        locked.head := sha256(locked.head || eventstore.header(
            p_stream_id, version, p_event_ids[i], p_command_id, p_types[i], p_subject_id, p_key_ids[i],
            p_actor_id, p_actor_role, now_utc, p_blobs[i]) || digest);
        INSERT INTO eventstore.event (stream_id, version, event_id, command_id, type, subject_id, key_id, actor_id,
                                      actor_role, recorded_at, blobs, ciphertext, ct_digest, hash)
        VALUES (p_stream_id, version, p_event_ids[i], p_command_id, p_types[i], p_subject_id, p_key_ids[i],
                p_actor_id, p_actor_role, now_utc, p_blobs[i], p_ciphertexts[i], digest, locked.head);
    END LOOP;
    UPDATE eventstore.stream s SET version = append.version, head = locked.head WHERE s.stream_id = p_stream_id;
    status := 'appended';
END
$$;
