"""The store's SQL, a function a file; migrations run these texts as the owner."""

import re
from importlib import resources

from django.conf import settings

_ROLE = re.compile(r"[a-z_][a-z0-9_]{0,62}")


def text(name: str) -> str:
    """The file `name`.sql, with :app_role filled in.

    Raises:
        ValueError: the role's name is not a plain identifier.
    """
    role = settings.ATTUNE_DB_APP_ROLE
    if not _ROLE.fullmatch(role):
        raise ValueError("ATTUNE_DB_APP_ROLE is not a plain role name")
    return resources.files(__name__).joinpath(f"{name}.sql").read_text(encoding="utf-8").replace(":app_role", role)
