-- Where projections are replayed before the swap. The app's role may use the tables that make_shadow puts there.
CREATE SCHEMA attune_rebuild;
REVOKE ALL ON SCHEMA attune_rebuild FROM PUBLIC;
GRANT USAGE ON SCHEMA attune_rebuild TO :app_role;
