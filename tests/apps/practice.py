"""A small practice: two registered patients, a clinician each, and browsers in which they are signed in."""

from dataclasses import dataclass
from uuid import UUID, uuid4

from django.test import Client
from django.utils import timezone

from access import caseload
from access.door import Permit, Purpose, Right, open_patient
from access.roles import Role
from apps.accounts.commands import create_user
from apps.accounts.models import User
from apps.accounts.sign_in import SIGNED_IN_AT
from apps.assessments import commands as assessments
from apps.patients import commands as patients
from eventstore.actor import Actor

PASSWORD = "quiet-lake-at-dawn-7"
SETUP = Actor.system("test")
ITEMS = {"phq-9": 9, "gad-7": 7, "dass-21": 21}


@dataclass(frozen=True)
class Practice:
    """`provider` treats `patient` alone; `outsider` treats `other` alone."""

    patient: User
    other: User
    provider: User
    outsider: User
    administrator: User

    def browser(self, user: User) -> Client:
        """A browser in which the user is signed in."""
        client = Client()
        client.force_login(user)
        session = client.session
        session[SIGNED_IN_AT] = timezone.now().timestamp()
        session.save()
        return client

    def own(self, right: Right = Right.ANSWER) -> Permit:
        return open_patient(self.patient.actor, self.patient.id, to=right, why=Purpose.SELF)

    def chart(self) -> Permit:
        return open_patient(self.provider.actor, self.patient.id, to=Right.VIEW_CHART, why=Purpose.TREATMENT)

    def fill(self, answers: dict[int, int], *, key: str = "phq-9", ordinal: int = 0, submit: bool = True) -> UUID:
        """The patient fills in a form; what isn't in `answers` is answered with 0."""
        who, actor = self.patient.id, self.patient.actor
        form = assessments.start(who, key=key, ordinal=ordinal, actor=actor, command_id=uuid4())
        for item in range(1, ITEMS[key] + 1):
            value = answers.get(item, 0)
            assessments.answer(who, form, item=item, answer=value, actor=actor, command_id=uuid4())
        if submit:
            assessments.submit(who, form, as_it_is=False, actor=actor, command_id=uuid4())
        return form


def register(name: str, label: str) -> User:
    patient_id = uuid4()
    user = create_user(f"{patient_id.hex[:8]}@example.org", PASSWORD, Role.PATIENT, user_id=patient_id, name=name)
    patients.register(patient_id, name=name, label=label, actor=user.actor, command_id=uuid4())
    return user


def open_practice() -> Practice:
    people = {
        name: create_user(f"{name}-{uuid4().hex[:6]}@example.org", PASSWORD, role, name=f"Dr {name}")
        for name, role in (
            ("provider", Role.PROVIDER),
            ("outsider", Role.PROVIDER),
            ("administrator", Role.ADMINISTRATOR),
        )
    }
    made = Practice(patient=register("Ada Canary", "Patient 014"), other=register("Bo Finch", "Patient 027"), **people)
    caseload.assign(made.provider.id, made.patient.id, actor=SETUP)
    caseload.assign(made.outsider.id, made.other.id, actor=SETUP)
    return made
