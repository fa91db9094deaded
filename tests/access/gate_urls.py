"""A URLconf for the tests of middleware and API plumbing: views that open, refuse, write and fail."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import CharField, Serializer
from rest_framework.views import APIView

from access.api.idempotency import once
from access.asker import asker
from access.door import Purpose, Right, open_patient
from access.models import PatientHandle
from eventstore.errors import WrongExpectedVersion
from vault.errors import KekRefused, KeyUnavailable, SubjectErased

FAILURES = {
    "zero": ZeroDivisionError(),
    "conflict": WrongExpectedVersion("session-x", 3, 4),
    "erased": SubjectErased("gone"),
    "keys": KeyUnavailable("away"),
    "kek": KekRefused("key-encryption key 2 is missing"),
    "absent": Http404("which patient it was"),
}


def chart(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    open_patient(asker(request), patient_id, to=Right.VIEW_CHART, why=Purpose.TREATMENT)
    return HttpResponse("chart")


def write(request: HttpRequest, handle: UUID, ending: str) -> HttpResponse:
    """Opens the caller's patient, writes a row, then ends as asked."""
    open_patient(asker(request), UUID(request.GET["patient"]), to=Right.VIEW_CHART, why=Purpose.TREATMENT)
    PatientHandle.objects.create(id=handle)
    if ending in FAILURES:
        raise FAILURES[ending]
    return HttpResponse(status=int(ending))


class Typed(Serializer[object]):
    text = CharField(max_length=5)


class Echo(APIView):
    def get(self, request: Request) -> Response:
        if request.query_params.get("fail"):
            raise FAILURES[request.query_params["fail"]]
        return Response({"who": str(asker(request).id)})

    def post(self, request: Request) -> Response:
        command = once(request, lambda command_id: command_id)
        typed = Typed(data=request.data)
        typed.is_valid(raise_exception=True)
        return Response({"command": str(command)})


pages = [
    path("chart/<uuid:patient_id>/", chart, name="chart"),
    path("write/<uuid:handle>/<str:ending>/", write, name="write"),
    path("public/", lambda request: HttpResponse("public"), name="public"),
    path("undeclared/", lambda request: HttpResponse("never"), name="undeclared"),
    path("api/v1/echo/", Echo.as_view(), name="echo"),
]
urlpatterns = [
    path("", include((pages, "gate"))),
    path("sign-in/", lambda request: HttpResponse("sign in"), name="sign_in"),
    path("help/", lambda request: HttpResponse("help"), name="crisis-help"),
]
handler400 = "access.errors.bad_request"
handler403 = "access.errors.forbidden"
handler404 = "access.errors.not_found"
handler500 = "access.errors.broken"
