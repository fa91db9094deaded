"""The decision table, without a database."""

from itertools import product
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access.decision import CLINICAL, PURPOSES, TABLE, decide
from access.permit import Permit, PermitForged, WrongPermit
from access.rights import Purpose, Relation, Right
from access.roles import Role, role_named
from eventstore.actor import Actor

roles, rights, relations, purposes = map(st.sampled_from, (Role, Right, Relation, Purpose))


@given(rights, relations, purposes)
def test_a_machine_has_no_rights_of_a_person(right: Right, relation: Relation, purpose: Purpose) -> None:
    assert not decide(role_named("system"), right, relation, purpose)


@given(rights, purposes)
def test_a_stranger_never_reaches_clinical_content(right: Right, purpose: Purpose) -> None:
    if right in CLINICAL:
        assert not any(decide(role, right, Relation.STRANGER, purpose) for role in Role)


@given(rights, relations, purposes)
def test_an_administrator_reaches_no_clinical_content_whatever_the_relation(
    right: Right, relation: Relation, purpose: Purpose
) -> None:
    if decide(Role.ADMINISTRATOR, right, relation, purpose):
        assert right in {Right.VIEW_ACCESS, Right.MANAGE_CASELOAD, Right.ERASE}


@given(rights, relations, purposes)
def test_an_auditor_reads_the_trail_and_nothing_else(right: Right, relation: Relation, purpose: Purpose) -> None:
    assert not decide(Role.AUDITOR, right, relation, purpose) or right is Right.VIEW_ACCESS


@given(rights, relations, purposes)
def test_a_researcher_reaches_no_single_patient(right: Right, relation: Relation, purpose: Purpose) -> None:
    assert not decide(Role.RESEARCHER, right, relation, purpose)


@given(rights, relations, purposes)
def test_a_patient_reaches_only_the_own_record(right: Right, relation: Relation, purpose: Purpose) -> None:
    assert not decide(Role.PATIENT, right, relation, purpose) or relation is Relation.SELF


@given(rights, purposes)
def test_only_patients_run_sessions_answer_and_consent(right: Right, purpose: Purpose) -> None:
    if right in {Right.RUN_SESSION, Right.ANSWER, Right.CONSENT, Right.VIEW_OWN}:
        for role, relation in product(set(Role) - {Role.PATIENT}, Relation):
            assert not decide(role, right, relation, purpose)


@given(roles, rights, relations, purposes)
def test_a_purpose_that_the_role_cannot_have_is_refused(
    role: Role, right: Right, relation: Relation, purpose: Purpose
) -> None:
    assert not decide(role, right, relation, purpose) or purpose in PURPOSES[role]


def test_each_right_is_somebodys_and_each_role_has_purposes() -> None:
    assert {right for _, right in TABLE} == set(Right)
    assert set(PURPOSES) == set(Role)


def test_nobody_makes_a_permit_but_the_door() -> None:
    who = Actor(uuid4(), "provider")
    with pytest.raises(PermitForged):
        Permit(who, uuid4(), Right.VIEW_CHART, Purpose.TREATMENT, Relation.ASSIGNED, object())


def test_a_permit_for_one_thing_is_no_permit_for_another() -> None:
    from access.permit import DOOR

    permit = Permit(Actor(uuid4(), "patient"), uuid4(), Right.ANSWER, Purpose.SELF, Relation.SELF, DOOR)
    permit.require(Right.ANSWER)
    with pytest.raises(WrongPermit):
        permit.require(Right.VIEW_CHART)
