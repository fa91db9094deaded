"""The API: the templates, one of them, a clinician's word on it, and the organisation's word on drafts."""

from functools import partial

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.api import idempotency, sequence
from access.api.given import checked
from access.asker import asker
from apps.imagery import reviewing, template_selectors
from apps.imagery import template_serializers as serializers
from apps.imagery.reviewing import TemplateUnknown
from apps.imagery.reviews import STATES, CommentMissing, NoSuchState, WordsChanged
from apps.imagery.template_list import CHOICES, asked

FILTERS = [OpenApiParameter(name, str, enum=values) for name, values in CHOICES.items()]


class WordsAreOthers(APIException):
    """The template's words are not those with the digest that was sent."""

    status_code = 409
    default_detail = "Its words are others by now; read it again."
    problem_code = "words_changed"


class TemplateList(APIView):
    @extend_schema(
        operation_id="templates_list",
        parameters=[*FILTERS, *sequence.QUERY],
        responses=sequence.page_of("TemplatePage", serializers.TemplateOut),
    )
    def get(self, request: Request) -> Response:
        """The templates in the library's order; an unknown value filters nothing."""
        found = asked(request.query_params).of(template_selectors.standing_templates())
        return sequence.page(request, found, key=lambda one: one.id, show=serializers.of_template)


class TemplateDetail(APIView):
    @extend_schema(operation_id="templates_read", responses=serializers.TemplateDetailOut)
    def get(self, _: Request, template_id: str) -> Response:
        """One template with all that was said of it."""
        return Response(_detail(template_id))


class TemplateReview(APIView):
    @extend_schema(
        operation_id="templates_review",
        request=serializers.TemplateReviewIn,
        responses={200: serializers.TemplateDetailOut, 409: OpenApiResponse(description="words_changed")},
    )
    def post(self, request: Request, template_id: str) -> Response:
        """Approve it, withdraw it or put it back among the drafts."""
        given = checked(serializers.TemplateReviewIn(data=request.data))
        review = partial(
            reviewing.review, template_id, given["state"], seen=given["digest"], comment=given["comment"],
            actor=asker(request),
        )  # fmt: skip
        try:
            idempotency.once(request, review)
        except TemplateUnknown as unknown:
            raise Http404 from unknown
        except CommentMissing as missing:
            raise ValidationError({"comment": ["say why, in a few words"]}) from missing
        except NoSuchState as unknown:
            raise ValidationError({"state": [f"one of {', '.join(STATES)}"]}) from unknown
        except WordsChanged as changed:
            raise WordsAreOthers from changed
        return Response(_detail(template_id))


class TemplateDrafts(APIView):
    @extend_schema(operation_id="templates_drafts_read", responses=serializers.DraftRuleOut)
    def get(self, _: Request) -> Response:
        """Whether patients may be shown templates that no clinician approved, and who decided so, oldest first."""
        return Response(serializers.of_rule(template_selectors.draft_rule()))


class TemplateDraftsDecision(APIView):
    @extend_schema(
        operation_id="templates_drafts_decide",
        request=serializers.DraftDecisionIn,
        responses=serializers.DraftRuleOut,
    )
    def post(self, request: Request) -> Response:
        """Record the organisation's decision, or take it back. It counts from the next picture on."""
        given = checked(serializers.DraftDecisionIn(data=request.data))
        try:
            idempotency.once(request, partial(reviewing.decide_drafts, actor=asker(request), **given))
        except CommentMissing as missing:
            raise ValidationError({"reason": ["say why, in a few words"]}) from missing
        return Response(serializers.of_rule(template_selectors.draft_rule()))


def _detail(template_id: str) -> dict[str, object]:
    try:
        return serializers.of_detail(template_selectors.standing_template(template_id))
    except TemplateUnknown as unknown:
        raise Http404 from unknown
