"""A patient in a session, and the jobs of pictures run in this process: what these tests share."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID, uuid4

from django.utils import timezone

from access.roles import Role
from apps.accounts.commands import create_user
from apps.accounts.models import User
from apps.imagery import scheduling
from apps.imagery.events import CATEGORY
from apps.patients import commands as patients
from apps.sessions import commands as sessions
from eventstore import store
from eventstore.actor import Actor
from eventstore.models import Job
from eventstore.stream import StreamName

PASSWORD = "quiet-lake-at-dawn-7"
Seal = Callable[[], None]
Happened = TypeVar("Happened")


@dataclass
class Clock:
    """What `timezone.now` answers: the time, and however far a test moved it."""

    tell: Callable[[], datetime]
    ahead: timedelta = timedelta(0)

    def now(self) -> datetime:
        return self.tell() + self.ahead

    def tick(self, seconds: float) -> None:
        self.ahead += timedelta(seconds=seconds)


@dataclass
class Living:
    """A patient, their open session and their account."""

    user: User
    session_id: UUID
    seal: Seal
    clock: Clock

    @property
    def id(self) -> UUID:
        return self.user.id

    @property
    def actor(self) -> Actor:
        actor: Actor = self.user.actor
        return actor

    def feels(self, valence: int, distress: int | None = None) -> None:
        """The patient says how it is; the shift that it means is followed."""
        sessions.report_mood(
            self.session_id, valence=valence, distress=distress, at=timezone.now(), actor=self.actor, command_id=uuid4()
        )
        self.seal()

    def looks(self, emotion: str) -> None:
        """The camera reads another lasting emotion."""
        sessions.note_shift(
            self.session_id, to=emotion, intensity=0.5, source="face", at=timezone.now(), actor=self.actor,
            command_id=uuid4(),
        )  # fmt: skip
        self.seal()

    def waits(self, *, seconds: float) -> None:
        """Time passes, for this process."""
        self.clock.tick(seconds)

    def ends(self) -> None:
        sessions.end_session(self.session_id, reason="patient", at=timezone.now(), actor=self.actor, command_id=uuid4())

    def withdraws(self, purpose: str) -> None:
        patients.withdraw_consent(self.id, purpose=purpose, actor=self.actor, command_id=uuid4())
        self.seal()

    def avoids(self, *tags: str, words: tuple[str, ...] = ()) -> None:
        patients.set_triggers(self.id, tags=tags, words=words, actor=self.actor, command_id=uuid4())
        self.seal()


def living(seal: Seal, clock: Clock, *, consents: tuple[str, ...] = ("images",)) -> Living:
    patient_id = uuid4()
    actor = Actor(patient_id, Role.PATIENT.value)
    patients.register(patient_id, name="Ada Canary", actor=actor, command_id=uuid4())
    for purpose in consents:
        patients.give_consent(patient_id, purpose=purpose, actor=actor, command_id=uuid4())
    user = create_user(f"{patient_id.hex[:8]}@example.org", PASSWORD, Role.PATIENT, user_id=patient_id)
    session_id = uuid4()
    sessions.open_session(
        session_id, patient_id=patient_id, camera=False, consents=consents, at=timezone.now(), actor=actor,
        command_id=uuid4(),
    )  # fmt: skip
    seal()
    return Living(user, session_id, seal, clock)


def events(patient: Living, kind: type[Happened]) -> list[Happened]:
    """What the log holds of the session's pictures, of one kind, in order."""
    log = store.read(StreamName(CATEGORY, patient.session_id))
    return [recorded.event for recorded in log if isinstance(recorded.event, kind)]


def jobs_of(kind: str = scheduling.COMPOSE) -> list[UUID]:
    """The jobs of a kind that wait, due or not, oldest first."""
    return list(
        Job.objects.filter(kind=kind, status=Job.Status.WAITING).order_by("run_at").values_list("id", flat=True)
    )


def run_jobs(kind: str = scheduling.COMPOSE) -> int:
    """Run what waits as if its time had come; how many."""
    from apps.imagery import tasks

    work = {
        scheduling.COMPOSE: tasks.compose,
        scheduling.DEADLINE: tasks.deadline,
        scheduling.MEASURE: tasks.measure,
    }[kind]
    waiting = jobs_of(kind)
    Job.objects.filter(id__in=waiting).update(run_at=timezone.now())
    for job_id in waiting:
        work(str(job_id))
    return len(waiting)
