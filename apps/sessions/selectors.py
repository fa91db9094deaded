"""Questions about sessions. Those on a person's behalf demand a Permit."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from access.door import Permit, Right
from apps.sessions import track
from apps.sessions.events import SESSION, FeedbackGiven, MoodReported
from apps.sessions.models import ENTRY, MINUTE, SUMMARY, EmotionMinute, SessionRow, TimelineEntry
from apps.sessions.reaction import BEFORE, change_of_face, change_of_mood
from eventstore import store
from eventstore.stream import StreamName
from vault import columns
from vault.errors import SubjectErased

_READS = (Right.VIEW_CHART, Right.VIEW_OWN, Right.RUN_SESSION, Right.EXPORT)
CHART_BUCKET_S = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionSummary:
    """A session at a glance. ``mood`` is the last valence reported, -5 to 5; ``distress`` 0 to 100, at the end."""

    id: UUID
    patient_id: UUID
    opened_at: datetime
    ended_at: datetime | None
    camera: bool
    emotion: str | None
    mood: int | None
    distress: int | None
    satisfaction: int | None


@dataclass(frozen=True, slots=True)
class TrackPoint:
    """A stretch of readings of one session; ``probabilities`` in EMOTIONS order, None where no face was read."""

    at: datetime
    probabilities: tuple[float, ...] | None
    session_id: UUID
    frames: int


@dataclass(frozen=True, slots=True)
class SessionMean:
    """All readings of one session in one; ``read`` is the share of its stretches, 0 to 1, in which a face was read."""

    session_id: UUID
    at: datetime
    probabilities: tuple[float, ...] | None
    read: float


@dataclass(frozen=True, slots=True)
class Reaction:
    """How face and reported mood changed with a moment, each -1 to 1; None where nobody can say."""

    felt: float | None
    mood: float | None


@dataclass(frozen=True, slots=True)
class Said:
    """What the patient wrote at the end of a session."""

    session_id: UUID
    at: datetime
    text: str


Part = Callable[[Permit, UUID], list[dict[str, Any]]]
_parts: dict[str, Part] = {}


def register_timeline_part(name: str, part: Part) -> None:
    """Add what another app knows of a session to its timeline. Called in AppConfig.ready()."""
    _parts[name] = part


def open_session_of(permit: Permit) -> UUID | None:
    """The patient's session that was opened last, if it is still open."""
    permit.require(*_READS)
    row = SessionRow.objects.filter(patient_id=permit.patient_id).order_by("-opened_at").first()
    return row.id if row and row.ended_at is None else None


def recent_sessions(permit: Permit, limit: int = 20, *, before: datetime | None = None) -> list[SessionSummary]:
    """The patient's sessions, newest first."""
    permit.require(*_READS)
    rows = SessionRow.objects.filter(patient_id=permit.patient_id)
    if before is not None:
        rows = rows.filter(opened_at__lt=before)
    return [_summary(row) for row in rows.order_by("-opened_at")[:limit]]


def last_sessions(permits: Iterable[Permit]) -> dict[UUID, SessionSummary]:
    """The newest session of each patient who had one, by patient; one query. Whoever was erased meanwhile has none."""
    patients = [permit.patient_id for permit in permits]
    rows = SessionRow.objects.filter(patient_id__in=patients).order_by("patient_id", "-opened_at")
    found: dict[UUID, SessionSummary] = {}
    for row in rows.distinct("patient_id"):
        with suppress(SubjectErased):
            found[row.patient_id] = _summary(row)
    return found


def said_at_the_end(permit: Permit) -> list[Said]:
    """What the patient wrote at the end of their sessions, newest first; straight from the log."""
    permit.require(*_READS)
    given = store.read_of(permit.patient_id, SESSION, types=[FeedbackGiven])
    said = [
        Said(one.stream.entity_id, one.event.given_at, one.event.text)
        for one in given
        if isinstance(one.event, FeedbackGiven) and one.event.text
    ]
    return sorted(said, key=lambda one: one.at, reverse=True)


def patient_of(session_id: UUID) -> UUID | None:
    """Whose session it is, for opening the door to that patient; None where there is no such session."""
    return SessionRow.objects.filter(id=session_id).values_list("patient_id", flat=True).first()


def timeline(permit: Permit, session_id: UUID) -> dict[str, Any]:
    """A session as the chart and the API show it: entries in order, the track, and what other apps add.

    Raises:
        Http404: not a session of this patient.
    """
    row = _row(permit, session_id)
    entries = TimelineEntry.objects.filter(session_id=session_id, patient_id=permit.patient_id).order_by("position")
    return {
        "session": _summary(row),
        "entries": [_entry(entry) for entry in entries],
        "track": list(emotion_track(permit, session_id=session_id, bucket_s=1)),
        **{name: part(permit, session_id) for name, part in _parts.items()},
    }


def emotion_track(
    permit: Permit, *, session_id: UUID | None = None, bucket_s: int = CHART_BUCKET_S, since: datetime | None = None
) -> list[TrackPoint]:
    """Readings over time, oldest first, one point for each ``bucket_s`` seconds that have any."""
    permit.require(*_READS)
    rows = EmotionMinute.objects.filter(patient_id=permit.patient_id)
    if session_id is not None:
        rows = rows.filter(session_id=session_id)
    if since is not None:
        rows = rows.filter(minute__gte=track.minute_of(since))
    found = [
        TrackPoint(point.at, point.probabilities, session, point.frames)
        for session, minutes in _minutes(permit, rows).items()
        for point in track.points(minutes, bucket_s)
    ]
    return sorted(found, key=lambda point: point.at)


def emotion_means(permit: Permit, *, bucket_s: int = CHART_BUCKET_S) -> list[SessionMean]:
    """Each session with readings, oldest first: what `emotion_track` has of it, without going through its seconds."""
    permit.require(*_READS)
    minutes = _minutes(permit, EmotionMinute.objects.filter(patient_id=permit.patient_id))
    means = [(session, track.mean(own, bucket_s)) for session, own in minutes.items()]
    found = [SessionMean(session, mean.at, mean.probabilities, mean.read / mean.stretches) for session, mean in means]
    return sorted(found, key=lambda one: one.at)


def reactions(session_id: UUID, spans: Sequence[tuple[datetime, datetime]]) -> list[Reaction]:
    """How the patient answered to each moment, up to another; for the system's own work. `spans` are in order."""
    if not spans:
        return []
    minutes = EmotionMinute.objects.filter(
        session_id=session_id, minute__range=(track.minute_of(spans[0][0] - BEFORE), track.minute_of(spans[-1][1]))
    )
    opened = [
        (row.minute, bytes(columns.open(row.patient_id, bytes(row.sealed), column=MINUTE)))
        for row in minutes.order_by("minute")
    ]
    points = list(track.points(opened, 1))
    log = store.read(StreamName(SESSION, session_id))
    moods = [recorded.event for recorded in log if isinstance(recorded.event, MoodReported)]
    return [Reaction(change_of_face(points, at, until), change_of_mood(moods, at, until)) for at, until in spans]


def _row(permit: Permit, session_id: UUID) -> SessionRow:
    permit.require(*_READS)
    row = SessionRow.objects.filter(id=session_id, patient_id=permit.patient_id).first()
    if row is None:
        raise Http404("no such session")
    return row


def _minutes(permit: Permit, rows: QuerySet[EmotionMinute]) -> dict[UUID, list[tuple[int, bytes]]]:
    """Each session's minutes, opened, in order."""
    found: dict[UUID, list[tuple[int, bytes]]] = {}
    for session_id, minute, sealed in rows.order_by("minute").values_list("session_id", "minute", "sealed"):
        found.setdefault(session_id, []).append((minute, columns.open(permit.patient_id, sealed, column=MINUTE)))
    return found


def _entry(entry: TimelineEntry) -> dict[str, Any]:
    body: dict[str, Any] = columns.open(entry.patient_id, bytes(entry.sealed), column=ENTRY)
    return {"position": entry.position, "at": entry.at, **body}


def _summary(row: SessionRow) -> SessionSummary:
    facts: dict[str, Any] = columns.open(row.patient_id, bytes(row.sealed), column=SUMMARY)
    moods = facts["moods"]
    return SessionSummary(
        id=row.id,
        patient_id=row.patient_id,
        opened_at=row.opened_at,
        ended_at=row.ended_at,
        camera=facts["camera"],
        emotion=facts["emotion"],
        mood=moods[-1][0] if moods else None,
        distress=facts.get("distress"),
        satisfaction=facts.get("satisfaction"),
    )
