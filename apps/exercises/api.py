"""The API: worksheets, a patient's exercises, saving what changed, finishing and putting away."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final
from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.api import idempotency, sequence
from access.api.given import checked
from access.door import Permit
from apps.exercises import commands, entrance, selectors, serializers
from apps.exercises.aggregate import (
    ChangedElsewhere,
    EntriesMissing,
    EntriesWrong,
    Exercise,
    ExerciseClosed,
    ExerciseUnknown,
)
from apps.exercises.events import EXERCISE
from apps.exercises.worksheets import WORKSHEETS

PATIENT = OpenApiParameter("patient", UUID, description="whose exercises; a clinician must say, a patient needn't")
STATE: Final[Mapping[str, Callable[..., Exercise]]] = {
    "finished": commands.finish,
    "set_aside": commands.set_aside,
    "open": commands.take_up,
}


class Closed(APIException):
    """It was finished or put away."""

    status_code = 409
    default_detail = "This exercise was finished or put away; what stands in it stays."
    problem_code = "exercise_closed"


class ChangedElsewhereProblem(APIException):
    """Both sides wrote into the same field since `seen`."""

    status_code = 409
    default_detail = "Another device wrote into the same fields; read the exercise, show both, and save again."
    problem_code = "changed_elsewhere"


class Incomplete(APIException):
    """Finishing needs some fields."""

    status_code = 422
    problem_code = "entries_missing"


class WorksheetList(APIView):
    @extend_schema(
        operation_id="exercises_worksheets",
        parameters=[*sequence.QUERY],
        responses=sequence.page_of("WorksheetPage", serializers.WorksheetOut),
    )
    def get(self, request: Request) -> Response:
        known = list(WORKSHEETS.values())
        return sequence.page(request, known, key=lambda one: one.key, show=serializers.of_worksheet)


class ExerciseList(APIView):
    @extend_schema(
        operation_id="exercises_list",
        parameters=[PATIENT, *sequence.QUERY],
        responses=sequence.page_of("ExercisePage", serializers.ExerciseOut),
    )
    def get(self, request: Request) -> Response:
        """Newest first."""
        found = selectors.history(entrance.reader(request, entrance.asked_patient(request)))
        return sequence.page(request, found[::-1], key=lambda one: str(one.id), show=serializers.of_facts)

    @extend_schema(
        operation_id="exercises_begin",
        request=serializers.ExerciseBeginIn,
        responses={201: serializers.ExerciseOut},
    )
    def post(self, request: Request) -> Response:
        given = checked(serializers.ExerciseBeginIn(data=request.data))
        permit = entrance.own(request)
        exercise_id = idempotency.once(request, partial(commands.begin, permit, given["worksheet"]))
        shown = serializers.of_exercise(exercise_id, selectors.exercise(permit, exercise_id))
        return Response(shown, status=201)


class ExerciseDetail(APIView):
    @extend_schema(operation_id="exercises_read", responses=serializers.ExerciseOut)
    def get(self, request: Request, exercise_id: UUID) -> Response:
        permit = entrance.reader(request, selectors.owner_of(EXERCISE, exercise_id) or exercise_id)
        return Response(serializers.of_exercise(exercise_id, _known(permit, exercise_id)))


class Entries(APIView):
    @extend_schema(
        operation_id="exercises_save",
        request=serializers.EntriesIn,
        responses=serializers.ExerciseOut,
    )
    def post(self, request: Request, exercise_id: UUID) -> Response:
        """Save what changed. Fields that only one side touched since `seen` are merged."""
        permit = entrance.own(request)
        _known(permit, exercise_id)
        given = checked(serializers.EntriesIn(data=request.data))
        save = partial(commands.save, permit, exercise_id, given["entries"], seen=given["seen"])
        try:
            idempotency.once(request, save)
        except ExerciseClosed as closed:
            raise Closed from closed
        except ChangedElsewhere as changed:
            raise ChangedElsewhereProblem from changed
        except EntriesWrong as wrong:
            raise ValidationError({name: [said] for name, said in wrong.errors.items()}) from wrong
        return Response(serializers.of_exercise(exercise_id, _known(permit, exercise_id)))


class State(APIView):
    @extend_schema(
        operation_id="exercises_set_state",
        request=serializers.StateIn,
        responses=serializers.ExerciseOut,
    )
    def put(self, request: Request, exercise_id: UUID) -> Response:
        """Finish it, put it away, or go on with one that was put away."""
        permit = entrance.own(request)
        _known(permit, exercise_id)
        act = STATE[checked(serializers.StateIn(data=request.data))["state"]]
        try:
            idempotency.once(request, partial(act, permit, exercise_id))
        except ExerciseClosed as closed:
            raise Closed from closed
        except EntriesMissing as missing:
            raise Incomplete(f"These are needed: {', '.join(missing.names)}.") from missing
        return Response(serializers.of_exercise(exercise_id, _known(permit, exercise_id)))


def _known(permit: Permit, exercise_id: UUID) -> Exercise:
    try:
        return selectors.exercise(permit, exercise_id)
    except ExerciseUnknown as unknown:
        raise Http404 from unknown
