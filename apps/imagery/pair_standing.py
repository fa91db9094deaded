"""What stands for a patient when a pair might be offered: gathered from the log."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from apps.imagery.events import CATEGORY
from apps.imagery.pair_arms import Decision, last_decision
from apps.imagery.pair_bound import bound
from apps.imagery.pair_policy import LATE, Standing
from apps.imagery.template_selectors import draft_rule
from apps.patients import selectors as patients
from apps.sessions.events import SESSION, FeedbackGiven, SessionEnded
from eventstore import store
from eventstore.stream import StreamName


@dataclass(frozen=True, slots=True)
class Found:
    """The facts for the policy, the decision to paint again, and what the patient wrote at the close."""

    standing: Standing
    decision: Decision | None
    text: str


def gather(session_id: UUID, patient_id: UUID, at: datetime) -> Found:
    """Everything that says whether this session may be followed by a pair."""
    session = [recorded.event for recorded in store.read(StreamName(SESSION, session_id))]
    pictures = [recorded.event for recorded in store.read(StreamName(CATEGORY, session_id))]
    feedback = next((one for one in reversed(session) if isinstance(one, FeedbackGiven)), None)
    ended_at = next((one.ended_at for one in session if isinstance(one, SessionEnded)), None)
    agreed = patients.consents(patient_id)
    decision = last_decision(pictures)
    standing = Standing(
        since_end=at - ended_at if ended_at else 2 * LATE,
        consents=agreed,
        distress=feedback.distress if feedback else None,
        bound=not agreed or bound(patient_id),
        drafts_shown=draft_rule().drafts_shown,
        technique=decision.technique if decision else None,
    )
    return Found(standing, decision, feedback.text if feedback else "")
