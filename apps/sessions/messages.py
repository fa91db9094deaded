"""The messages that a session itself answers."""

from collections.abc import Callable
from uuid import UUID

from django.utils import timezone

from apps.sessions import commands, enrolment
from apps.sessions.aggregate import SessionClosed, SessionUnknown
from apps.sessions.fields import one_of, text, whole, whole_or_none
from apps.sessions.socket import Body, Handler, SocketContext, SocketRefusal, register_message
from ml.vocabulary import EMOTIONS

MOST_FEEDBACK = 2000


def _mood(context: SocketContext, body: Body, command_id: UUID) -> None:
    commands.report_mood(
        context.session_id,
        valence=whole(body, "valence", -5, 5),
        distress=whole_or_none(body, "distress", 0, 100),
        at=timezone.now(),
        actor=context.actor,
        command_id=command_id,
    )


def _correction(context: SocketContext, body: Body, command_id: UUID) -> None:
    emotion = one_of(body, "emotion", EMOTIONS)
    commands.correct(context.session_id, emotion=emotion, at=timezone.now(), actor=context.actor, command_id=command_id)


def _feedback(context: SocketContext, body: Body, command_id: UUID) -> None:
    commands.give_feedback(
        context.session_id,
        distress=whole(body, "distress", 0, 100),
        satisfaction=whole(body, "satisfaction", 1, 5),
        text=text(body, "text", MOST_FEEDBACK),
        at=timezone.now(),
        actor=context.actor,
        command_id=command_id,
    )


def _pause(context: SocketContext, _: Body, command_id: UUID) -> None:
    commands.pause(context.session_id, at=timezone.now(), actor=context.actor, command_id=command_id)


def _resume(context: SocketContext, _: Body, command_id: UUID) -> None:
    """Go on, with whoever is there now: after a pause, or because the patient says that a face we doubt is theirs."""
    commands.resume(context.session_id, at=timezone.now(), actor=context.actor, command_id=command_id)
    enrolment.enrol_anew(context.session_id)


def _end(context: SocketContext, _: Body, command_id: UUID) -> None:
    commands.end_session(
        context.session_id, reason="patient", at=timezone.now(), actor=context.actor, command_id=command_id
    )


def _ack(_context: SocketContext, _body: Body, _command_id: UUID) -> None:
    """A client's sign of life; there is nothing to write down."""


def _within_rules(handler: Handler) -> Handler:
    """The handler with the session's own refusals in the client's words."""

    def answer(context: SocketContext, body: Body, command_id: UUID) -> None:
        try:
            handler(context, body, command_id)
        except SessionClosed:
            raise SocketRefusal("session_ended", "the session has ended and takes nothing more") from None
        except SessionUnknown:
            raise SocketRefusal("session_unknown", "there is no such session") from None

    return answer


_ANSWERS: dict[str, Callable[[SocketContext, Body, UUID], None]] = {
    "mood": _within_rules(_mood),
    "correction": _within_rules(_correction),
    "feedback": _within_rules(_feedback),
    "pause": _within_rules(_pause),
    "resume": _within_rules(_resume),
    "end": _within_rules(_end),
    "ack": _ack,
}


def register() -> None:
    for kind, handler in _ANSWERS.items():
        register_message(kind, handler)
