-- Refuses every change of what was recorded. ENABLE ALWAYS, so that session_replication_role does not switch it off.
CREATE OR REPLACE FUNCTION eventstore.refuse_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '% on %.% is refused: the log is append-only', TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END
$$;

DO $$
DECLARE
    log_table text;
BEGIN
    FOREACH log_table IN ARRAY ARRAY['event', 'log_position', 'checkpoint'] LOOP
        EXECUTE format('CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON eventstore.%I '
                       'FOR EACH ROW EXECUTE FUNCTION eventstore.refuse_change()', log_table);
        EXECUTE format('ALTER TABLE eventstore.%I ENABLE ALWAYS TRIGGER append_only_rows', log_table);
    END LOOP;
    FOREACH log_table IN ARRAY ARRAY['event', 'log_position', 'checkpoint', 'stream', 'seal_state'] LOOP
        EXECUTE format('CREATE TRIGGER append_only_table BEFORE TRUNCATE ON eventstore.%I '
                       'FOR EACH STATEMENT EXECUTE FUNCTION eventstore.refuse_change()', log_table);
        EXECUTE format('ALTER TABLE eventstore.%I ENABLE ALWAYS TRIGGER append_only_table', log_table);
    END LOOP;
    FOREACH log_table IN ARRAY ARRAY['stream', 'seal_state'] LOOP
        EXECUTE format('CREATE TRIGGER append_only_rows BEFORE DELETE ON eventstore.%I '
                       'FOR EACH ROW EXECUTE FUNCTION eventstore.refuse_change()', log_table);
        EXECUTE format('ALTER TABLE eventstore.%I ENABLE ALWAYS TRIGGER append_only_rows', log_table);
    END LOOP;
END
$$;
