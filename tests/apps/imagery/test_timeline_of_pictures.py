"""A session's timeline as the API gives it has the session's pictures, in the shape that the OpenAPI document says."""

from uuid import UUID

import pytest
from django.test import Client

from apps.imagery.models import ImageRow
from apps.sessions.serializers import TimelineImageOut, TimelineOut
from tests.apps.imagery.living import Living, run_jobs

pytestmark = pytest.mark.usefixtures("no_painter")


def test_the_picture_is_there_as_the_document_says(patient: Living) -> None:
    patient.feels(-4)
    run_jobs()
    patient.seal()
    client = Client()
    client.force_login(patient.user)
    found = client.get(f"/api/v1/sessions/{patient.session_id}/timeline/").json()
    assert set(found) == set(TimelineOut().fields)
    [image] = found["images"]
    assert set(image) == set(TimelineImageOut().fields)
    assert UUID(image["image_id"]) == ImageRow.objects.get(session_id=patient.session_id).id
