"""The API of ladders: a clinician writes, the patient agrees, begins, says how it is, stops, and comes to rest."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any
from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from access.api import idempotency, sequence
from access.api.given import checked
from access.door import Permit
from apps.exercises import commands, entrance, selectors
from apps.exercises import ladder_serializers as serializers
from apps.exercises.api import PATIENT
from apps.exercises.events import LADDER
from apps.exercises.ladder import LadderUnknown, LadderWrong, NotNow


class Refused(APIException):
    """The rules refuse it at the moment; the detail is the rule's code."""

    status_code = 409
    problem_code = "not_now"


@contextmanager
def refusals() -> Iterator[None]:
    """What the rules raise, as the API says it."""
    try:
        yield
    except LadderUnknown as unknown:
        raise Http404 from unknown
    except NotNow as refused:
        raise Refused(refused.code) from refused
    except LadderWrong as wrong:
        raise ValidationError({"steps": [str(wrong)]}) from wrong


class LadderList(APIView):
    @extend_schema(
        operation_id="exercises_ladders_list",
        parameters=[PATIENT, *sequence.QUERY],
        responses=sequence.page_of("LadderPage", serializers.LadderOut),
    )
    def get(self, request: Request) -> Response:
        found = selectors.ladders(entrance.reader(request, entrance.asked_patient(request)))
        return sequence.page(request, found, key=lambda one: str(one.id), show=serializers.of_ladder)

    @extend_schema(
        operation_id="exercises_ladders_write",
        request=serializers.NewLadderIn,
        responses={201: serializers.LadderOut},
    )
    def post(self, request: Request) -> Response:
        """A clinician writes a ladder for a patient."""
        given = checked(serializers.NewLadderIn(data=request.data))
        permit = entrance.planning(request, given["patient"])
        with refusals():
            wanted = serializers.wanted_ladder(given)
            ladder_id = idempotency.once(request, partial(commands.write_ladder, permit, wanted))
            return Response(serializers.of_ladder(selectors.one_ladder(permit, ladder_id)), status=201)


class LadderDetail(APIView):
    @extend_schema(operation_id="exercises_ladders_read", responses=serializers.LadderOut)
    def get(self, request: Request, ladder_id: UUID) -> Response:
        permit = entrance.reader(request, selectors.owner_of(LADDER, ladder_id) or ladder_id)
        with refusals():
            return Response(serializers.of_ladder(selectors.one_ladder(permit, ladder_id)))

    @extend_schema(
        operation_id="exercises_ladders_rewrite",
        request=serializers.LadderIn,
        responses=serializers.LadderOut,
    )
    def put(self, request: Request, ladder_id: UUID) -> Response:
        """A clinician writes it anew: the agreement is void, and the lowest step comes first."""
        permit = entrance.planning(request, selectors.owner_of(LADDER, ladder_id) or ladder_id)
        wanted = serializers.wanted_ladder(checked(serializers.LadderIn(data=request.data)))
        with refusals():
            idempotency.once(request, partial(commands.write_ladder, permit, wanted, ladder_id=ladder_id))
            return Response(serializers.of_ladder(selectors.one_ladder(permit, ladder_id)))


class Closing(APIView):
    @extend_schema(operation_id="exercises_ladders_close", request=None, responses=serializers.LadderOut)
    def post(self, request: Request, ladder_id: UUID) -> Response:
        """A clinician closes it for good."""
        permit = entrance.planning(request, selectors.owner_of(LADDER, ladder_id) or ladder_id)
        with refusals():
            idempotency.once(request, partial(commands.close_ladder, permit, ladder_id))
            return Response(serializers.of_ladder(selectors.one_ladder(permit, ladder_id)))


def _act(
    request: Request, ladder_id: UUID, act: Callable[..., object], takes: type[Serializer[Any]] | None = None
) -> Response:
    """One act of the patient on their ladder, with what it takes; the ladder as it is then."""
    permit = entrance.own(request)
    with refusals():
        selectors.one_ladder(permit, ladder_id)
        given = checked(takes(data=request.data)) if takes else {}
        idempotency.once(request, partial(act, permit, ladder_id, **given))
        return Response(serializers.of_ladder(selectors.one_ladder(permit, ladder_id)))


def _agree(permit: Permit, ladder_id: UUID, *, agreed: bool, command_id: UUID, writing: int | None = None) -> None:
    if agreed:
        commands.agree(permit, ladder_id, command_id=command_id, writing=writing)
    else:
        commands.withdraw(permit, ladder_id, command_id=command_id)


class Agreement(APIView):
    @extend_schema(
        operation_id="exercises_ladders_agree",
        request=serializers.AgreementIn,
        responses=serializers.LadderOut,
    )
    def put(self, request: Request, ladder_id: UUID) -> Response:
        """Agree to the ladder as it stands, or take that back."""
        return _act(request, ladder_id, _agree, serializers.AgreementIn)


class Attempts(APIView):
    @extend_schema(
        operation_id="exercises_ladders_begin_step",
        request=serializers.StepIn,
        responses=serializers.LadderOut,
    )
    def post(self, request: Request, ladder_id: UUID) -> Response:
        """Begin a step that is open. Only the patient can."""
        return _act(request, ladder_id, commands.begin_step, serializers.StepIn)


class Distress(APIView):
    @extend_schema(
        operation_id="exercises_ladders_say_distress",
        request=serializers.DistressIn,
        responses=serializers.LadderOut,
    )
    def post(self, request: Request, ladder_id: UUID) -> Response:
        """Say how it is on the step; above the limit, or when done, calm begins."""
        return _act(request, ladder_id, commands.say_distress, serializers.DistressIn)


class Stop(APIView):
    @extend_schema(operation_id="exercises_ladders_stop", request=None, responses=serializers.LadderOut)
    def post(self, request: Request, ladder_id: UUID) -> Response:
        """Stop the step at once. Never refused."""
        return _act(request, ladder_id, commands.stop)


class End(APIView):
    @extend_schema(
        operation_id="exercises_ladders_end",
        request=serializers.EndIn,
        responses=serializers.LadderOut,
    )
    def post(self, request: Request, ladder_id: UUID) -> Response:
        """Leave the calm picture."""
        return _act(request, ladder_id, commands.end_attempt, serializers.EndIn)
