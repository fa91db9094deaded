"""The API: the patient's album. Putting a picture in and taking it out may both be repeated."""

from functools import partial
from uuid import UUID

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.api import idempotency, sequence
from access.asker import asker
from access.door import Permit, Purpose, Right, open_patient
from apps.imagery import keeping, selectors, serializers
from apps.imagery.album import AlbumFull


class AlbumIsFull(APIException):
    """Something has to be taken out first."""

    status_code = 409
    default_detail = "The album is full; take a picture out first."
    problem_code = "album_full"


class AlbumList(APIView):
    @extend_schema(
        operation_id="album_list",
        parameters=[*sequence.QUERY],
        responses=sequence.page_of("AlbumPage", serializers.KeptImageOut),
    )
    def get(self, request: Request) -> Response:
        """What the patient keeps, the newest first."""
        found = selectors.album(_own(request, Right.VIEW_OWN))
        return sequence.page(request, found, key=lambda one: str(one.image.image_id), show=serializers.of_kept)


class AlbumEntry(APIView):
    @extend_schema(
        operation_id="album_keep",
        request=None,
        responses={200: serializers.AlbumEntryOut, 409: OpenApiResponse(description="album_full")},
    )
    def put(self, request: Request, image_id: UUID) -> Response:
        """Put one of the patient's own pictures into the album."""
        permit = _own(request, Right.SET_PREFERENCES)
        try:
            idempotency.once(request, partial(keeping.keep, permit, image_id))
        except AlbumFull as full:
            raise AlbumIsFull from full
        return Response({"image_id": str(image_id), "kept": True})

    @extend_schema(operation_id="album_remove", request=None, responses={200: serializers.AlbumEntryOut})
    def delete(self, request: Request, image_id: UUID) -> Response:
        """Take a picture out of the album."""
        permit = _own(request, Right.SET_PREFERENCES)
        idempotency.once(request, partial(keeping.remove, permit, image_id))
        return Response({"image_id": str(image_id), "kept": False})


def _own(request: Request, right: Right) -> Permit:
    actor = asker(request)
    return open_patient(actor, actor.id, to=right, why=Purpose.SELF)
