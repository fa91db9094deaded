#!/bin/sh
# First start of the key cluster: one role, one database, nothing else.
set -eu
psql --set=ON_ERROR_STOP=1 --username postgres --set=keys="$ATTUNE_KEYS_PASSWORD" <<'SQL'
CREATE ROLE attune_keys LOGIN PASSWORD :'keys';
CREATE DATABASE attune_keys OWNER attune_keys;
REVOKE ALL ON DATABASE attune_keys FROM PUBLIC;
\connect attune_keys
ALTER SCHEMA public OWNER TO attune_keys;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
SQL
