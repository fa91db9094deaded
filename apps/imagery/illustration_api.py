"""The API: the picture of a thought record, asked for, rated, looked after and taken away by the patient alone."""

from functools import partial
from uuid import UUID

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.api import idempotency
from access.api.given import checked
from access.asker import asker
from access.door import Permit, Purpose, Right, open_patient
from apps.exercises.selectors import ExerciseUnknown
from apps.imagery import illustration, wishing
from apps.imagery import illustration_serializers as serializers
from apps.imagery.aggregate import ImageUnknown


class NoPicture(APIException):
    """No picture may be asked for now; the code says why."""

    status_code = 409

    def __init__(self, reason: str) -> None:
        super().__init__(str(wishing.WHY_NOT[reason]))
        self.problem_code = reason


class Wished(APIView):
    @extend_schema(operation_id="exercises_picture", responses=serializers.IllustrationOut)
    def get(self, request: Request, exercise_id: UUID) -> Response:
        """How it stands with the picture."""
        return _answer(_own(request), exercise_id)

    @extend_schema(
        operation_id="exercises_wish_picture",
        request=None,
        responses={200: serializers.IllustrationOut, 409: OpenApiResponse(description="why none may be asked for")},
    )
    def post(self, request: Request, exercise_id: UUID) -> Response:
        """Ask for a picture; while one is being painted, asking again gives the same answer."""
        permit = _own(request)
        try:
            idempotency.once(request, partial(wishing.wish, permit, exercise_id))
        except ExerciseUnknown as unknown:
            raise Http404 from unknown
        except wishing.WishRefused as refused:
            raise NoPicture(refused.reason) from refused
        return _answer(permit, exercise_id)


class Rated(APIView):
    @extend_schema(
        operation_id="exercises_picture_rate",
        request=serializers.IllustrationRatedIn,
        responses=serializers.IllustrationOut,
    )
    def post(self, request: Request, exercise_id: UUID) -> Response:
        """How the picture sits with the patient; a later rating replaces it. One that was taken away takes none."""
        permit = _own(request)
        _answer(permit, exercise_id)
        given = checked(serializers.IllustrationRatedIn(data=request.data))
        try:
            idempotency.once(request, partial(wishing.rate, permit, exercise_id, **given))
        except (ExerciseUnknown, ImageUnknown) as unknown:
            raise Http404 from unknown
        return _answer(permit, exercise_id)


class Upset(APIView):
    @extend_schema(
        operation_id="exercises_picture_upset",
        request=serializers.IllustrationUpsetIn,
        responses=serializers.IllustrationOut,
    )
    def post(self, request: Request, exercise_id: UUID) -> Response:
        """The picture upset the patient: it is taken away, its kind never comes again, and their clinician is told."""
        permit = _own(request)
        _answer(permit, exercise_id)
        given = checked(serializers.IllustrationUpsetIn(data=request.data))
        try:
            idempotency.once(request, partial(wishing.upset, permit, exercise_id, given["image_id"]))
        except (ExerciseUnknown, ImageUnknown) as unknown:
            raise Http404 from unknown
        return _answer(permit, exercise_id)


def _own(request: Request) -> Permit:
    actor = asker(request)
    return open_patient(actor, actor.id, to=Right.ANSWER, why=Purpose.SELF)


def _answer(permit: Permit, exercise_id: UUID) -> Response:
    try:
        found = illustration.of_exercise(permit, exercise_id, timezone.now())
    except ExerciseUnknown as unknown:
        raise Http404 from unknown
    return Response(serializers.of_illustration(found))
