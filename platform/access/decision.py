"""The decision table: role × right × relation, and a role's purposes. Pure; what isn't named is refused."""

from collections.abc import Mapping

from access.rights import Purpose, Relation, Right
from access.roles import Role

_SELF = frozenset({Relation.SELF})
_CARE = frozenset({Relation.ASSIGNED, Relation.GRANTED})
_ANYONE = frozenset(Relation)

TABLE: Mapping[tuple[Role, Right], frozenset[Relation]] = {
    (Role.PATIENT, Right.VIEW_OWN): _SELF,
    (Role.PATIENT, Right.RUN_SESSION): _SELF,
    (Role.PATIENT, Right.ANSWER): _SELF,
    (Role.PATIENT, Right.CONSENT): _SELF,
    (Role.PATIENT, Right.SET_PREFERENCES): _SELF,
    (Role.PATIENT, Right.EXPORT): _SELF,
    (Role.PATIENT, Right.VIEW_ACCESS): _SELF,
    (Role.PROVIDER, Right.VIEW_CHART): _CARE,
    (Role.PROVIDER, Right.WRITE_NOTE): _CARE,
    (Role.PROVIDER, Right.ACKNOWLEDGE): _CARE,
    (Role.PROVIDER, Right.SCHEDULE): _CARE,
    (Role.PROVIDER, Right.SET_PREFERENCES): _CARE,
    (Role.PROVIDER, Right.EXPORT): _CARE,
    (Role.SUPERVISOR, Right.VIEW_CHART): _CARE,
    (Role.SUPERVISOR, Right.WRITE_NOTE): _CARE,
    (Role.SUPERVISOR, Right.ACKNOWLEDGE): _CARE,
    # Who treats whom, and who looked, is no clinical content: these three read no chart.
    (Role.SUPERVISOR, Right.MANAGE_CASELOAD): _ANYONE,
    (Role.ADMINISTRATOR, Right.MANAGE_CASELOAD): _ANYONE,
    (Role.ADMINISTRATOR, Right.VIEW_ACCESS): _ANYONE,
    (Role.ADMINISTRATOR, Right.ERASE): _ANYONE,
    (Role.AUDITOR, Right.VIEW_ACCESS): _ANYONE,
}

PURPOSES: Mapping[Role, frozenset[Purpose]] = {
    Role.PATIENT: frozenset({Purpose.SELF, Purpose.TREATMENT}),
    Role.PROVIDER: frozenset({Purpose.TREATMENT, Purpose.OPERATIONS}),
    Role.SUPERVISOR: frozenset({Purpose.TREATMENT, Purpose.OPERATIONS, Purpose.AUDIT}),
    Role.ADMINISTRATOR: frozenset({Purpose.OPERATIONS, Purpose.AUDIT}),
    Role.AUDITOR: frozenset({Purpose.AUDIT}),
    Role.RESEARCHER: frozenset({Purpose.RESEARCH}),
}

CLINICAL = frozenset(
    {Right.VIEW_CHART, Right.WRITE_NOTE, Right.ACKNOWLEDGE, Right.SCHEDULE, Right.SET_PREFERENCES, Right.EXPORT}
)
"""Rights that an object grant can carry beyond the caseload; each shows or changes clinical content."""


def decide(role: Role | None, right: Right, relation: Relation, purpose: Purpose) -> bool:
    """Whether the table allows it. A machine (no role) has no rights here: it acts on ids, not on a person's behalf."""
    if role is None:
        return False
    return relation in TABLE.get((role, right), frozenset()) and purpose in PURPOSES[role]
