-- Removes what make_shadow made.
CREATE OR REPLACE FUNCTION eventstore.drop_shadow(p_tables text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    living text;
BEGIN
    FOREACH living IN ARRAY p_tables LOOP
        IF to_regclass(format('attune_rebuild.%I', living)) IS NOT NULL THEN
            EXECUTE format('DROP TABLE attune_rebuild.%I', living);
        END IF;
    END LOOP;
END
$$;
