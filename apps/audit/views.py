"""The access log, as a page and for programs. Reading it leaves its own line."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.asker import asker
from access.selectors import note_reading
from apps.audit.forms import TrailForm
from apps.audit.selectors import TrailPage, trail_page
from apps.audit.serializers import TrailPageSerializer


@require_GET
def log(request: HttpRequest) -> HttpResponse:
    form = TrailForm(request.GET)
    if not form.is_valid():
        return render(request, "audit/log.html", {"form": form, "lines": ()}, status=422)
    page = trail_page(form.wanted(), before=form.cleaned_data["before"])
    note_reading(asker(request), form.wanted(), rows=len(page.lines), asked_by=form.asked_by())
    context = {"form": form, "lines": page.lines, "older": _older(request, page), "narrowed": any(request.GET.values())}
    return render(request, "audit/log.html", context)


class AccessLog(APIView):
    """Who reached for which patient's record, newest first. No clinical content; reading it is itself recorded."""

    @extend_schema(
        operation_id="audit_list",
        parameters=[
            OpenApiParameter("actor", str, description="id or login of who asked"),
            OpenApiParameter("patient", {"type": "string", "format": "uuid"}, description="id of the patient"),
            OpenApiParameter("day", {"type": "string", "format": "date"}, description="one day of UTC"),
            OpenApiParameter("before", int, description="the cursor that the page before gave"),
        ],
        responses=TrailPageSerializer,
    )
    def get(self, request: Request) -> Response:
        form = TrailForm(request.query_params)
        if not form.is_valid():
            raise ValidationError(form.errors.get_json_data())
        page = trail_page(form.wanted(), before=form.cleaned_data["before"])
        note_reading(asker(request), form.wanted(), rows=len(page.lines), asked_by=form.asked_by())
        following = request.build_absolute_uri(_older(request, page)) if page.older else None
        return Response(TrailPageSerializer({"next": following, "results": page.lines}).data)


def _older(request: HttpRequest | Request, page: TrailPage) -> str | None:
    if page.older is None:
        return None
    kept = {name: value for name, value in request.GET.items() if name != "before" and value}
    return "?" + urlencode(kept | {"before": page.older})
