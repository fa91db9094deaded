REVOKE ALL ON SCHEMA eventstore FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA eventstore FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA eventstore FROM PUBLIC;
GRANT USAGE ON SCHEMA eventstore TO :app_role;
GRANT SELECT ON ALL TABLES IN SCHEMA eventstore TO :app_role;
GRANT EXECUTE ON FUNCTION eventstore.append, eventstore.lock_stream, eventstore.seal, eventstore.add_checkpoint,
    eventstore.header, eventstore.leaf TO :app_role;
