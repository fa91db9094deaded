-- The shadow's rows take the place of the living table's. Runs with the caller's rights, in the caller's transaction:
-- readers see the old rows until it commits, and foreign keys (deferred) are checked then.
CREATE OR REPLACE FUNCTION eventstore.swap_shadow(p_tables text[]) RETURNS void
LANGUAGE plpgsql SECURITY INVOKER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    living  text;
    columns text;
BEGIN
    FOREACH living IN ARRAY p_tables LOOP
        EXECUTE format('DELETE FROM public.%I', living);
    END LOOP;
    FOREACH living IN ARRAY p_tables LOOP
        SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) INTO columns FROM pg_attribute a
        WHERE a.attrelid = format('public.%I', living)::regclass
          AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '';
        EXECUTE format('INSERT INTO public.%I (%s) OVERRIDING SYSTEM VALUE SELECT %s FROM attune_rebuild.%I',
                       living, columns, columns, living);
    END LOOP;
END
$$;
