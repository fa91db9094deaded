"""The API: a patient's pictures, one picture's facts, and its file."""

from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.api import sequence
from access.asker import asker
from access.door import Permit, Purpose, Right, open_patient
from access.roles import Role
from apps.imagery import selectors, serializers
from apps.imagery.views import as_file, reader

PATIENT = OpenApiParameter("patient", UUID, description="whose pictures; a clinician must say, a patient needn't")
_MOST = 1000


class ImageList(APIView):
    @extend_schema(
        operation_id="images_list",
        parameters=[PATIENT, *sequence.QUERY],
        responses=sequence.page_of("ImagePage", serializers.ImageOut),
    )
    def get(self, request: Request) -> Response:
        found = selectors.shown_images(_owner(request), _MOST)
        return sequence.page(request, found, key=lambda one: str(one.image_id), show=serializers.of_image)


class ImageDetail(APIView):
    @extend_schema(operation_id="images_read", responses=serializers.ImageOut)
    def get(self, request: Request, image_id: UUID) -> Response:
        return Response(serializers.of_image(selectors.image(reader(asker(request), image_id), image_id)))


class ImageContent(APIView):
    @extend_schema(operation_id="images_content", responses={(200, "image/webp"): OpenApiTypes.BINARY})
    def get(self, request: Request, image_id: UUID) -> HttpResponse:
        return as_file(selectors.image_bytes(reader(asker(request), image_id), image_id))


def _owner(request: Request) -> Permit:
    actor = asker(request)
    asked = request.query_params.get("patient")
    if asked is None and actor.role == Role.PATIENT:
        return open_patient(actor, actor.id, to=Right.VIEW_OWN, why=Purpose.SELF)
    try:
        patient_id = UUID(asked or "")
    except ValueError:
        raise ValidationError({"patient": ["must be a patient's id"]}) from None
    if actor.role == Role.PATIENT:
        return open_patient(actor, patient_id, to=Right.VIEW_OWN, why=Purpose.SELF)
    return open_patient(actor, patient_id, to=Right.VIEW_CHART, why=Purpose.TREATMENT)
