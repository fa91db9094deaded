"""What the patient says about pictures over the socket: a rating, another one, and that one upset them."""

from typing import Final
from uuid import UUID

from django.utils import timezone

from apps.imagery import commands, policy, scheduling, situation
from apps.imagery.aggregate import LONGEST_NOTE, Imagery, ImageUnknown
from apps.sessions import commands as sessions
from apps.sessions.fields import identity, text, whole
from apps.sessions.socket import Body, Handler, SocketContext, SocketRefusal, register_message

NO_FEELING: Final = "neutral"
UNSAID: Final = 0.3
"""Intensity when a picture is asked for before any state stood."""

_WHY_NOT: Final = {
    "session_ended": "the session has ended and takes nothing more",
    "paused": "the session is paused; resume it first",
    "consent": "pictures were not agreed to",
    "painting": "a picture is being painted already",
    "enough": "your care team planned no more pictures for this session",
}


def _reaction(context: SocketContext, body: Body, command_id: UUID) -> None:
    _must_be_open(context)
    commands.react(
        context.session_id,
        identity(body, "image_id"),
        rating=whole(body, "rating", -2, 2),
        note=text(body, "note", LONGEST_NOTE),
        patient_id=context.patient_id,
        at=timezone.now(),
        actor=context.actor,
        command_id=command_id,
    )


def _upset(context: SocketContext, body: Body, command_id: UUID) -> None:
    """Taken away even after the session's end: nobody has to keep looking at what upset them."""
    commands.withdraw_image(
        context.session_id,
        identity(body, "image_id"),
        patient_id=context.patient_id,
        at=timezone.now(),
        actor=context.actor,
        command_id=command_id,
    )


def _more(context: SocketContext, _: Body, command_id: UUID) -> None:
    """Another picture for the state as it stands. The command's id is the request's, so a repeat asks once."""
    now = timezone.now()
    session, imagery = sessions.load(context.session_id), commands.load(context.session_id)
    if command_id in imagery.requests:
        return

    def must_be_due(stand: Imagery) -> None:
        policy.must_be_due(situation.stands(stand, context.session_id, context.patient_id, now), scheduling.MORE, now)

    try:
        commands.request(
            context.session_id, command_id, patient_id=context.patient_id, reason=scheduling.MORE,
            emotion=session.emotion or NO_FEELING, intensity=_strength(context.session_id), at=now,
            actor=context.actor, command_id=command_id, must_be_due=must_be_due,
        )  # fmt: skip
    except policy.NotDue as not_due:
        code = not_due.answer.reason if isinstance(not_due.answer, policy.Never) else "painting"
        raise SocketRefusal(code, _WHY_NOT[code]) from None
    scheduling.schedule(command_id, context.session_id, context.patient_id, reason=scheduling.MORE)


def _strength(session_id: UUID) -> float:
    """The strength of the last state that asked for a picture."""
    asked = list(commands.load(session_id).requests.values())
    return asked[-1].intensity if asked else UNSAID


def _must_be_open(context: SocketContext) -> None:
    if sessions.load(context.session_id).phase == "ended":
        raise SocketRefusal("session_ended", _WHY_NOT["session_ended"])


def _of_this_session(handler: Handler) -> Handler:
    """The handler, with a picture that isn't this session's in the client's words."""

    def answer(context: SocketContext, body: Body, command_id: UUID) -> None:
        try:
            handler(context, body, command_id)
        except ImageUnknown:
            raise SocketRefusal("image_unknown", "no such picture was shown in this session") from None

    return answer


def register() -> None:
    register_message("reaction", _of_this_session(_reaction))
    register_message("upset", _of_this_session(_upset))
    register_message("more", _more)
