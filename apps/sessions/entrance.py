"""Who may hold a session's socket: asked at the door when it opens, and again every few seconds while it stands.

Blocking database work, for a thread.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404

from access.context import asking
from access.door import Permit, Purpose, Right, open_patient, recheck
from apps.accounts.commands import touch_session
from apps.accounts.selectors import session_is_live
from apps.patients import selectors as patients
from apps.sessions import commands
from apps.sessions.aggregate import Phase, Session
from apps.sessions.protocol import NOT_ALLOWED, NOT_SIGNED_IN, WITHDRAWN, Closing
from apps.sessions.socket import SocketContext
from eventstore.actor import Actor

ROUTE = "ws:session"


@dataclass(frozen=True, slots=True)
class Admission:
    """A socket that may stand: whose it is, on which permit, and what the patient agreed to when it opened."""

    context: SocketContext
    permit: Permit
    session: Session
    agreed: patients.Agreed
    session_key: str

    @property
    def consents(self) -> frozenset[str]:
        """The purposes that the patient agreed to when it opened."""
        return self.agreed.consents


def admit(user: Any, session_key: str | None, session_id: UUID) -> Admission:
    """Open the door for a socket.

    Raises:
        Closing: 4401 not signed in; 4403 no such session, or not this user's (they look alike).
    """
    if not user.is_authenticated or not session_key or not session_is_live(session_key, user.id):
        raise Closing(NOT_SIGNED_IN, "signed_out")
    actor: Actor = user.actor
    try:
        with asking(actor, route=ROUTE):
            session = commands.load(session_id)
            permit = _open(actor, session)
            given = patients.agreed(permit.patient_id)
    except Http404:
        raise Closing(NOT_ALLOWED, "not_allowed") from None
    return Admission(SocketContext(actor, session_id, permit.patient_id), permit, session, given, session_key)


def _open(actor: Actor, session: Session) -> Permit:
    if session.phase is Phase.ABSENT or session.patient_id is None:
        raise Http404("no such session")
    return open_patient(actor, session.patient_id, to=Right.RUN_SESSION, why=Purpose.SELF)


def still_admitted(admission: Admission, known: patients.Agreed, *, heard: bool) -> patients.Agreed:
    """Ask again whether the socket may stand. Gives what the patient agrees to now, to be `known` the next time.

    ``heard``: the client was active, which puts off its idle sign-out.

    Raises:
        Closing: 4401 signed out; 4440 access revoked, or a consent withdrawn that stood when the socket opened.
    """
    actor = admission.context.actor
    if not session_is_live(admission.session_key, actor.id):
        raise Closing(NOT_SIGNED_IN, "signed_out")
    with asking(actor, route=ROUTE):
        if not recheck(admission.permit):
            raise Closing(WITHDRAWN, "access_revoked")
        now = patients.agreed(admission.permit.patient_id, known)
        if admission.consents - now.consents:
            raise Closing(WITHDRAWN, "consent_withdrawn")
    if heard:
        touch_session(admission.session_key)
    return now
