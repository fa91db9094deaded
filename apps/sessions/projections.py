"""Events in, sessions' rows out. The only writers of those tables."""

from datetime import datetime
from typing import Any
from uuid import UUID

from apps.sessions import track
from apps.sessions.events import (
    EmotionCorrected,
    EmotionShifted,
    EmotionsObserved,
    FaceClaimed,
    FeedbackGiven,
    MoodReported,
    SessionEnded,
    SessionOpened,
    SessionPaused,
    SessionResumed,
)
from apps.sessions.models import ENTRY, MINUTE, SUMMARY, EmotionMinute, SessionRow, TimelineEntry
from eventstore.projection import Projection, on, register_projection
from eventstore.recorded import Recorded
from vault import columns


class Sessions(Projection):
    """Each session as one row, with sealed what it came to."""

    name = "care_sessions.session"
    version = 1
    models = (SessionRow,)

    @on(SessionOpened)
    def opened(self, happened: SessionOpened, meta: Recorded) -> None:
        facts = {"camera": happened.camera, "consents": list(happened.consents), "emotion": None, "moods": []}
        SessionRow.objects.create(
            id=meta.stream.entity_id,
            patient_id=happened.patient_id,
            opened_at=happened.opened_at,
            sealed=columns.seal(happened.patient_id, facts, column=SUMMARY),
        )

    @on(EmotionShifted)
    def shifted(self, happened: EmotionShifted, meta: Recorded) -> None:
        _keep(meta, emotion=happened.to_emotion)

    @on(MoodReported)
    def mood(self, happened: MoodReported, meta: Recorded) -> None:
        moods = [*_facts(meta)["moods"], [happened.valence, happened.distress]]
        _keep(meta, moods=[moods[0], moods[-1]] if len(moods) > 1 else moods)

    @on(FeedbackGiven)
    def feedback(self, happened: FeedbackGiven, meta: Recorded) -> None:
        _keep(meta, distress=happened.distress, satisfaction=happened.satisfaction)

    @on(SessionEnded)
    def ended(self, happened: SessionEnded, meta: Recorded) -> None:
        SessionRow.objects.filter(id=meta.stream.entity_id).update(ended_at=happened.ended_at)


class Timeline(Projection):
    """What happened in each session, entry by entry."""

    name = "care_sessions.timeline"
    version = 2  # 1 left to the sessions' own rows to enter whose face was claimed
    models = (TimelineEntry,)

    @on(SessionOpened)
    def opened(self, happened: SessionOpened, meta: Recorded) -> None:
        _enter(meta, happened.opened_at, kind="opened", camera=happened.camera)

    @on(MoodReported)
    def mood(self, happened: MoodReported, meta: Recorded) -> None:
        _enter(meta, happened.reported_at, kind="mood", valence=happened.valence, distress=happened.distress)

    @on(EmotionShifted)
    def shifted(self, happened: EmotionShifted, meta: Recorded) -> None:
        state = {"from": happened.from_emotion, "to": happened.to_emotion}
        _enter(
            meta,
            happened.noted_at,
            kind="state",
            intensity=round(happened.intensity, 3),
            source=happened.source,
            **state,
        )

    @on(EmotionCorrected)
    def corrected(self, happened: EmotionCorrected, meta: Recorded) -> None:
        _enter(meta, happened.corrected_at, kind="correction", read=happened.read, emotion=happened.emotion)

    @on(FaceClaimed)
    def claimed(self, happened: FaceClaimed, meta: Recorded) -> None:
        _enter(meta, happened.claimed_at, kind="face_claimed")

    @on(SessionPaused)
    def paused(self, happened: SessionPaused, meta: Recorded) -> None:
        _enter(meta, happened.paused_at, kind="paused")

    @on(SessionResumed)
    def resumed(self, happened: SessionResumed, meta: Recorded) -> None:
        _enter(meta, happened.resumed_at, kind="resumed")

    @on(FeedbackGiven)
    def feedback(self, happened: FeedbackGiven, meta: Recorded) -> None:
        said = {"distress": happened.distress, "satisfaction": happened.satisfaction, "text": happened.text}
        _enter(meta, happened.given_at, kind="feedback", **said)

    @on(SessionEnded)
    def ended(self, happened: SessionEnded, meta: Recorded) -> None:
        _enter(meta, happened.ended_at, kind="ended", reason=happened.reason)


class EmotionTrack(Projection):
    """Each minute of readings, packed, for the chart."""

    name = "care_sessions.track"
    version = 1
    models = (EmotionMinute,)

    @on(EmotionsObserved)
    def observed(self, happened: EmotionsObserved, meta: Recorded) -> None:
        patient, minute = _patient(meta), track.minute_of(happened.started_at)
        second = track.pack_second(happened.started_at, happened.probabilities)
        place = {"session_id": meta.stream.entity_id, "minute": minute}
        row = EmotionMinute.objects.select_for_update().filter(**place).first()
        if row is None:
            EmotionMinute.objects.create(**place, patient_id=patient, sealed=_packed(patient, second))
            return
        before: bytes = columns.open(patient, bytes(row.sealed), column=MINUTE)
        EmotionMinute.objects.filter(pk=row.pk).update(sealed=_packed(patient, before + second))


def _packed(patient: UUID, seconds: bytes) -> bytes:
    return columns.seal(patient, seconds, column=MINUTE)


def _enter(meta: Recorded, at: datetime, **body: Any) -> None:
    patient = _patient(meta)
    if meta.position is None:
        raise ValueError(f"{meta.event_id} was never sealed")
    TimelineEntry.objects.create(
        position=meta.position,
        session_id=meta.stream.entity_id,
        patient_id=patient,
        at=at,
        sealed=columns.seal(patient, body, column=ENTRY),
    )


def _facts(meta: Recorded) -> dict[str, Any]:
    row = SessionRow.objects.select_for_update().get(id=meta.stream.entity_id)
    facts: dict[str, Any] = columns.open(row.patient_id, bytes(row.sealed), column=SUMMARY)
    return facts


def _keep(meta: Recorded, **changes: Any) -> None:
    sealed = columns.seal(_patient(meta), _facts(meta) | changes, column=SUMMARY)
    SessionRow.objects.filter(id=meta.stream.entity_id).update(sealed=sealed)


def _patient(meta: Recorded) -> UUID:
    if meta.subject is None:
        raise ValueError(f"{meta.stream} belongs to no patient")
    return meta.subject


def register() -> None:
    for projection in (Sessions, Timeline, EmotionTrack):
        register_projection(projection)
