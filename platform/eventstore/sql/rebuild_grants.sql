REVOKE ALL ON FUNCTION eventstore.make_shadow, eventstore.drop_shadow, eventstore.swap_shadow FROM PUBLIC;
GRANT EXECUTE ON FUNCTION eventstore.make_shadow, eventstore.drop_shadow, eventstore.swap_shadow TO :app_role;
