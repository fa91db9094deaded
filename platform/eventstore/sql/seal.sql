-- Gives committed events their positions, gapless and in stream order, and returns how many it sealed and the last
-- position. One sealer at a time: (-1, …) says that another is at work.
--
-- One statement, so one snapshot, finds the fresh events and remembers where to look from next time: every transaction
-- below this snapshot's xmin is over, so its events are either sealed by now or never were. xmin bounds the scan only;
-- it never holds back an event, so a long transaction elsewhere delays nothing, and a late commit is simply sealed later.
--
-- Each fresh event is looked up among the positions by itself: a planner that may choose takes a share of the log to lie
-- behind low_xid, and reads every position ever given for a handful of events.
CREATE OR REPLACE FUNCTION eventstore.seal(p_limit integer, OUT sealed bigint, OUT last_position bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    SET enable_hashjoin = off SET enable_mergejoin = off SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    this_cluster bigint;
    from_xid xid8;
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtext('attune.seal')) THEN
        SELECT -1, s.next_position - 1 INTO sealed, last_position FROM eventstore.seal_state s;
        RETURN;
    END IF;
    SELECT c.system_identifier INTO this_cluster FROM pg_control_system() c;
    -- A restore into another cluster: stored xids mean nothing here, so look at everything once.
    UPDATE eventstore.seal_state SET low_xid = '0'::xid8, system_identifier = this_cluster
    WHERE system_identifier <> this_cluster;
    SELECT s.low_xid INTO from_xid FROM eventstore.seal_state s;
    WITH fresh AS MATERIALIZED (
        SELECT e.seq, e.stream_id, e.version, e.hash
        FROM eventstore.event e
        WHERE e.xid >= from_xid
          AND NOT EXISTS (SELECT FROM eventstore.log_position p WHERE p.seq = e.seq)
        ORDER BY e.seq LIMIT p_limit
    ), numbered AS MATERIALIZED (
        SELECT s.next_position - 1 + row_number() OVER (ORDER BY f.seq) AS position, f.*
        FROM fresh f, eventstore.seal_state s
    ), placed AS (
        INSERT INTO eventstore.log_position (position, seq, stream_id, version, leaf)
        SELECT n.position, n.seq, n.stream_id, n.version, eventstore.leaf(n.position, n.hash) FROM numbered n
        ORDER BY n.position
        RETURNING position
    ), counted AS (
        SELECT count(*) AS n FROM placed
    )
    UPDATE eventstore.seal_state s
    SET next_position = s.next_position + counted.n,
        low_xid = CASE WHEN counted.n < p_limit THEN pg_snapshot_xmin(pg_current_snapshot()) ELSE s.low_xid END
    FROM counted
    WHERE counted.n > 0
       OR s.low_xid::text::bigint + 1000 < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
    RETURNING counted.n, s.next_position - 1 INTO sealed, last_position;
    IF NOT FOUND THEN
        SELECT 0, s.next_position - 1 INTO sealed, last_position FROM eventstore.seal_state s;
    END IF;
    IF sealed > 0 THEN
        PERFORM pg_notify('eventstore_sealed', last_position::text);
    END IF;
END
$$;
