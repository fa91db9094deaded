"""The API of ladders: a clinician writes, the patient agrees, begins, says how it is, stops, and comes to rest."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar
from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from access.api import idempotency, sequence
from access.door import Permit
from apps.exercises import commands, entrance, selectors
from apps.exercises import ladder_serializers as serializers
from apps.exercises.api import KEY, PATIENT, checked
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
        parameters=[KEY],
        request=serializers.NewLadderIn,
        responses={201: serializers.LadderOut},
    )
    def post(self, request: Request) -> Response:
        """A clinician writes a ladder for a patient."""
        given = checked(serializers.NewLadderIn(data=request.data))
        permit = entrance.planning(request, given["patient"])
        with refusals():
            wanted = serializers.wanted_ladder(given)
            ladder_id = commands.write_ladder(permit, wanted, command_id=idempotency.command_id(request))
            return Response(serializers.of_ladder(selectors.one_ladder(permit, ladder_id)), status=201)


class LadderDetail(APIView):
    @extend_schema(operation_id="exercises_ladders_read", responses=serializers.LadderOut)
    def get(self, request: Request, ladder_id: UUID) -> Response:
        permit = entrance.reader(request, selectors.owner_of(LADDER, ladder_id) or ladder_id)
        with refusals():
            return Response(serializers.of_ladder(selectors.one_ladder(permit, ladder_id)))

    @extend_schema(
        operation_id="exercises_ladders_rewrite",
        parameters=[KEY],
        request=serializers.LadderIn,
        responses=serializers.LadderOut,
    )
    def put(self, request: Request, ladder_id: UUID) -> Response:
        """A clinician writes it anew: the agreement is void, and the lowest step comes first."""
        permit = entrance.planning(request, selectors.owner_of(LADDER, ladder_id) or ladder_id)
        wanted = serializers.wanted_ladder(checked(serializers.LadderIn(data=request.data)))
        with refusals():
            commands.write_ladder(permit, wanted, command_id=idempotency.command_id(request), ladder_id=ladder_id)
            return Response(serializers.of_ladder(selectors.one_ladder(permit, ladder_id)))


class Closing(APIView):
    @extend_schema(
        operation_id="exercises_ladders_close", parameters=[KEY], request=None, responses=serializers.LadderOut
    )
    def post(self, request: Request, ladder_id: UUID) -> Response:
        """A clinician closes it for good."""
        permit = entrance.planning(request, selectors.owner_of(LADDER, ladder_id) or ladder_id)
        with refusals():
            commands.close_ladder(permit, ladder_id, command_id=idempotency.command_id(request))
            return Response(serializers.of_ladder(selectors.one_ladder(permit, ladder_id)))


class PatientsAct(APIView):
    """One act of the patient on the ladder; each subclass says what it takes and does."""

    takes: ClassVar[type[Serializer[Any]] | None] = None

    def act(self, permit: Permit, ladder_id: UUID, given: dict[str, Any], command_id: UUID) -> None:
        raise NotImplementedError

    def answer(self, request: Request, ladder_id: UUID) -> Response:
        permit = entrance.own(request)
        with refusals():
            selectors.one_ladder(permit, ladder_id)
            given = checked(self.takes(data=request.data)) if self.takes else {}
            self.act(permit, ladder_id, given, idempotency.command_id(request))
            return Response(serializers.of_ladder(selectors.one_ladder(permit, ladder_id)))


class Agreement(PatientsAct):
    takes = serializers.AgreementIn

    @extend_schema(
        operation_id="exercises_ladders_agree", parameters=[KEY], request=takes, responses=serializers.LadderOut
    )
    def put(self, request: Request, ladder_id: UUID) -> Response:
        """Agree to the ladder as it stands, or take that back."""
        return self.answer(request, ladder_id)

    def act(self, permit: Permit, ladder_id: UUID, given: dict[str, Any], command_id: UUID) -> None:
        (commands.agree if given["agreed"] else commands.withdraw)(permit, ladder_id, command_id=command_id)


class Attempts(PatientsAct):
    takes = serializers.StepIn

    @extend_schema(
        operation_id="exercises_ladders_begin_step", parameters=[KEY], request=takes, responses=serializers.LadderOut
    )
    def post(self, request: Request, ladder_id: UUID) -> Response:
        """Begin a step that is open. Only the patient can."""
        return self.answer(request, ladder_id)

    def act(self, permit: Permit, ladder_id: UUID, given: dict[str, Any], command_id: UUID) -> None:
        commands.begin_step(permit, ladder_id, **given, command_id=command_id)


class Distress(PatientsAct):
    takes = serializers.DistressIn

    @extend_schema(
        operation_id="exercises_ladders_say_distress", parameters=[KEY], request=takes, responses=serializers.LadderOut
    )
    def post(self, request: Request, ladder_id: UUID) -> Response:
        """Say how it is on the step; above the limit, or when done, calm begins."""
        return self.answer(request, ladder_id)

    def act(self, permit: Permit, ladder_id: UUID, given: dict[str, Any], command_id: UUID) -> None:
        commands.say_distress(permit, ladder_id, **given, command_id=command_id)


class Stop(PatientsAct):
    @extend_schema(
        operation_id="exercises_ladders_stop", parameters=[KEY], request=None, responses=serializers.LadderOut
    )
    def post(self, request: Request, ladder_id: UUID) -> Response:
        """Stop the step at once. Never refused."""
        return self.answer(request, ladder_id)

    def act(self, permit: Permit, ladder_id: UUID, given: dict[str, Any], command_id: UUID) -> None:
        commands.stop(permit, ladder_id, command_id=command_id)


class End(PatientsAct):
    takes = serializers.EndIn

    @extend_schema(
        operation_id="exercises_ladders_end", parameters=[KEY], request=takes, responses=serializers.LadderOut
    )
    def post(self, request: Request, ladder_id: UUID) -> Response:
        """Leave the calm picture."""
        return self.answer(request, ladder_id)

    def act(self, permit: Permit, ladder_id: UUID, given: dict[str, Any], command_id: UUID) -> None:
        commands.end_attempt(permit, ladder_id, **given, command_id=command_id)
