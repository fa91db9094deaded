"""The databases: `default` as the app's role, `keys` with the data keys, and `owner` where a process may migrate.

The web process and the workers get no DATABASE_OWNER_URL, so for them the alias does not exist.
"""

from config import environment as env
from config.database_url import entry, pool

_POOLED = env.switch("ATTUNE_DB_POOL")
_POOL = pool(env.whole("ATTUNE_DB_POOL_SIZE", 10)) if _POOLED else None

ATTUNE_DB_APP_ROLE = env.text("ATTUNE_DB_APP_ROLE", "attune_app")
DATABASES = {
    "default": entry(env.text("DATABASE_URL"), pool=_POOL),
    "keys": entry(env.text("KEYS_DATABASE_URL"), pool=_POOL),
}
if env.text("DATABASE_OWNER_URL"):
    DATABASES["owner"] = entry(env.text("DATABASE_OWNER_URL"))
DATABASE_ROUTERS = ["config.routers.KeysApart"]
