"""The API: a patient's sessions, starting one, and one session's timeline."""

from functools import partial
from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.api import idempotency, sequence
from access.door import Permit, Purpose, Right, open_patient
from access.roles import Role
from apps.sessions import selectors, serializers
from apps.sessions.starting import begin
from eventstore.actor import Actor

PATIENT = OpenApiParameter("patient", UUID, description="whose sessions; a clinician must say, a patient needn't")
_MOST = 1000


class SessionList(APIView):
    @extend_schema(
        operation_id="sessions_list",
        parameters=[PATIENT, *sequence.QUERY],
        responses=sequence.page_of("SessionPage", serializers.SessionOut),
    )
    def get(self, request: Request) -> Response:
        permit = _reader(request, _patient(request))
        found = selectors.recent_sessions(permit, _MOST)
        return sequence.page(request, found, key=lambda one: str(one.id), show=_shown)

    @extend_schema(
        operation_id="sessions_start",
        request=serializers.StartIn,
        responses={201: serializers.StartedOut},
    )
    def post(self, request: Request) -> Response:
        given = serializers.StartIn(data=request.data)
        given.is_valid(raise_exception=True)
        actor = _actor(request)
        permit = open_patient(actor, actor.id, to=Right.RUN_SESSION, why=Purpose.SELF)
        session_id = idempotency.once(request, partial(begin, permit, camera=given.validated_data["camera"]))
        return Response({"id": session_id, "socket": f"/ws/sessions/{session_id}/"}, status=201)


class SessionTimeline(APIView):
    @extend_schema(operation_id="sessions_timeline", responses=serializers.TimelineOut)
    def get(self, request: Request, session_id: UUID) -> Response:
        permit = _reader(request, selectors.patient_of(session_id) or session_id)
        return Response(serializers.of_timeline(selectors.timeline(permit, session_id)))


def _actor(request: Request) -> Actor:
    actor: Actor = request.user.actor  # type: ignore[union-attr]  # the gate lets nobody through unsigned
    return actor


def _shown(summary: selectors.SessionSummary) -> dict[str, Any]:
    return dict(serializers.SessionOut(summary).data)


def _patient(request: Request) -> UUID:
    actor = _actor(request)
    asked = request.query_params.get("patient")
    if asked is None and actor.role == Role.PATIENT:
        return UUID(str(actor.id))
    try:
        return UUID(asked or "")
    except ValueError:
        raise ValidationError({"patient": ["must be a patient's id"]}) from None


def _reader(request: Request, patient_id: UUID) -> Permit:
    actor = _actor(request)
    if actor.role == Role.PATIENT:
        return open_patient(actor, patient_id, to=Right.VIEW_OWN, why=Purpose.SELF)
    return open_patient(actor, patient_id, to=Right.VIEW_CHART, why=Purpose.TREATMENT)
