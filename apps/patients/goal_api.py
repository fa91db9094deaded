"""The API: goals that were reached, and taken up again."""

from functools import partial
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.api import idempotency
from access.api.given import checked
from access.door import Permit, Right
from apps.patients import commands, selectors, serializers
from apps.patients.aggregate import NotOffered
from apps.patients.api import opened


class ReachedGoal(APIView):
    @extend_schema(
        operation_id="patients_reach_goal",
        request=serializers.GoalIn,
        responses=serializers.WishesOut,
    )
    def put(self, request: Request, patient_id: UUID) -> Response:
        """Say that one of the goals was reached; pictures no longer take it up."""
        permit, goal = _opened(request, patient_id), _goal(request)
        reach = partial(commands.reach_goal, permit.patient_id, goal=goal, at=timezone.now(), actor=permit.actor)
        try:
            idempotency.once(request, reach)
        except NotOffered as wrong:
            raise ValidationError({"goal": [str(wrong)]}) from wrong
        return Response(serializers.wishes(selectors.now(permit)))

    @extend_schema(
        operation_id="patients_resume_goal",
        request=serializers.GoalIn,
        responses={200: serializers.WishesOut},
    )
    def delete(self, request: Request, patient_id: UUID) -> Response:
        """Take the body's `goal` up again; that it was reached stays in the record."""
        permit, goal = _opened(request, patient_id), _goal(request)
        idempotency.once(request, partial(commands.resume_goal, permit.patient_id, goal=goal, actor=permit.actor))
        return Response(serializers.wishes(selectors.now(permit)))


def _goal(request: Request) -> str:
    return str(checked(serializers.GoalIn(data=request.data))["goal"])


def _opened(request: Request, patient_id: UUID) -> Permit:
    return opened(request, patient_id, own=Right.SET_PREFERENCES, other=Right.SET_PREFERENCES)
