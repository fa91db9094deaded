"""The registry of roles × routes: enforced by the middleware, and tested. A route without a row is refused."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps

from access.roles import Role


class Reach(StrEnum):
    """What a role gets on a route."""

    YES = "yes"
    OWN = "own"
    NO = "no"


YES, OWN, NO = Reach.YES, Reach.OWN, Reach.NO


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One route. A role that isn't named is refused; OWN is for objects of the patient's own or of one's caseload.

    Attributes:
        public: needs no sign-in (everyone gets YES).
        kwargs: URL parameter → kind of object, which the generated test makes ("patient", "session", …).
        methods: what the generated test sends; the view itself refuses other methods.
    """

    patient: Reach = NO
    provider: Reach = NO
    supervisor: Reach = NO
    administrator: Reach = NO
    auditor: Reach = NO
    researcher: Reach = NO
    public: bool = False
    kwargs: Mapping[str, str] = field(default_factory=dict)
    methods: tuple[str, ...] = ("GET",)

    def reach(self, role: Role) -> Reach:
        return YES if self.public else Reach(getattr(self, role.value))


class RouteUndeclared(Exception):
    """A URL or socket has no row in any `permissions.ROUTES`."""


class RouteDeclaredTwice(Exception):
    """Two apps claim the same route."""


@cache
def rows() -> Mapping[str, Row]:
    """Route name → row, gathered from `permissions.ROUTES` of each installed app. `admin:*` stands for a namespace."""
    gathered: dict[str, Row] = {}
    for declared in _declared():
        for name, row in declared.items():
            if name in gathered:
                raise RouteDeclaredTwice(name)
            gathered[name] = row
    return gathered


def row_for(name: str) -> Row:
    """
    Raises:
        RouteUndeclared: closed until somebody says who may.
    """
    row = rows().get(name) or rows().get(f"{name.split(':', maxsplit=1)[0]}:*")
    if row is None:
        raise RouteUndeclared(name or "a URL pattern without a name")
    return row


def _declared() -> Iterator[Mapping[str, Row]]:
    for config in apps.get_app_configs():
        module = f"{config.name}.permissions"
        if config.name.startswith(("access", "apps.")) and find_spec(module):
            yield getattr(import_module(module), "ROUTES", {})
