"""The API: the two pictures that a session ends with now and then, and the patient's one answer. Blind, as the page."""

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
from access.door import Permit, Right
from apps.imagery import pair_selectors, pairing
from apps.imagery import pair_serializers as serializers
from apps.imagery.pair_selectors import NONE
from apps.imagery.pair_views import opened
from apps.imagery.pairs import PairAnswered, PairClosed, PairUnknown


class PairIsAnswered(APIException):
    """One answer only."""

    status_code = 409
    default_detail = "This pair has its answer, which stands."
    problem_code = "pair_answered"


class PairIsClosed(APIException):
    """An hour has passed, an agreement was taken back, or a rule came to stand."""

    status_code = 409
    default_detail = "This pair takes no answer any more."
    problem_code = "pair_closed"


class PairedChoice(APIView):
    @extend_schema(operation_id="sessions_pair", responses=serializers.PairOut)
    def get(self, request: Request, session_id: UUID) -> Response:
        """How it stands with the pair; 404 where the session has none."""
        return _shown(opened(asker(request), session_id, Right.VIEW_OWN), session_id)

    @extend_schema(
        operation_id="sessions_choose_of_pair",
        request=serializers.PairChoiceIn,
        responses={200: serializers.PairOut, 409: OpenApiResponse(description="pair_answered, pair_closed")},
    )
    def post(self, request: Request, session_id: UUID) -> Response:
        """Answer it, once; sent again under the same key it is the same answer."""
        permit = opened(asker(request), session_id, Right.RUN_SESSION)
        answer = checked(serializers.PairChoiceIn(data=request.data))["answer"]
        choose = partial(pairing.choose, permit, session_id, answer, at=timezone.now())
        try:
            idempotency.once(request, choose)
        except PairUnknown as unknown:
            raise Http404 from unknown
        except PairAnswered as answered:
            raise PairIsAnswered from answered
        except PairClosed as closed:
            raise PairIsClosed from closed
        return _shown(permit, session_id)


def _shown(permit: Permit, session_id: UUID) -> Response:
    shown = pair_selectors.shown_pair(permit, session_id)
    if shown.state == NONE:
        raise Http404
    return Response(serializers.of_pair(session_id, shown))
