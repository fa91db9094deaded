-- Empty twins of read-model tables in schema attune_rebuild, for a replay to fill. A generated id is drawn from the
-- living table's own sequence, so that rows can move over without meeting others.
CREATE OR REPLACE FUNCTION eventstore.make_shadow(p_tables text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    living   text;
    identity text;
BEGIN
    PERFORM eventstore.drop_shadow(p_tables);
    FOREACH living IN ARRAY p_tables LOOP
        EXECUTE format('CREATE TABLE attune_rebuild.%I (LIKE public.%I INCLUDING DEFAULTS INCLUDING CONSTRAINTS '
                       'INCLUDING INDEXES INCLUDING GENERATED)', living, living);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON attune_rebuild.%I TO :app_role', living);
        FOR identity IN SELECT a.attname FROM pg_attribute a
                        WHERE a.attrelid = format('public.%I', living)::regclass AND a.attidentity <> '' LOOP
            EXECUTE format('ALTER TABLE attune_rebuild.%I ALTER COLUMN %I SET DEFAULT nextval(%L)', living, identity,
                           pg_get_serial_sequence(format('public.%I', living), identity));
        END LOOP;
    END LOOP;
END
$$;
