-- Stores a root of the tree. A size is recorded once; the same again changes nothing.
CREATE OR REPLACE FUNCTION eventstore.add_checkpoint(p_size bigint, p_root bytea, p_peaks bytea) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO eventstore.checkpoint (size, root, peaks) VALUES (p_size, p_root, p_peaks) ON CONFLICT DO NOTHING;
END
$$;
