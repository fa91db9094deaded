#!/bin/sh
# First start of the main cluster: the roles and rights of platform/devstack/roles.py, in SQL.
set -eu
psql --set=ON_ERROR_STOP=1 --username postgres \
    --set=migrator="$ATTUNE_MIGRATOR_PASSWORD" --set=app="$ATTUNE_APP_PASSWORD" <<'SQL'
CREATE ROLE attune_owner NOLOGIN;
CREATE ROLE attune_migrator LOGIN PASSWORD :'migrator';
CREATE ROLE attune_app LOGIN PASSWORD :'app';
GRANT attune_owner TO attune_migrator WITH INHERIT FALSE, SET TRUE;
ALTER ROLE attune_migrator SET role = attune_owner;
CREATE DATABASE attune OWNER attune_owner;
REVOKE ALL ON DATABASE attune FROM PUBLIC;
GRANT CONNECT ON DATABASE attune TO attune_migrator, attune_app;
ALTER DATABASE attune SET search_path = public, pg_temp;
\connect attune
ALTER SCHEMA public OWNER TO attune_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
SET ROLE attune_owner;
GRANT USAGE ON SCHEMA public TO attune_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO attune_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO attune_app;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
SQL
