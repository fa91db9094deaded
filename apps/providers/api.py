"""The API: the caseload, and the alerts that only people clear."""

from functools import partial
from typing import Any, Final
from uuid import UUID

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.fields import DateTimeField, Field, IntegerField
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.api import idempotency, sequence
from access.asker import asker
from access.door import Purpose, Right, open_caseload, open_patient
from apps.providers import commands, selectors, serializers
from apps.providers.aggregate import AlreadyReviewed, LedgerBehind, RaisedMeanwhile, ReasonMissing
from apps.providers.lateness import late_since
from apps.providers.line import Line, urgency
from apps.providers.selectors import AlertUnknown, PatientAlert
from apps.providers.unread import unread

LATE: Final[dict[str, Field[Any, Any, Any, Any]]] = {
    "late_since": DateTimeField(
        allow_null=True, help_text="from when on alerts may be missing; null while the list keeps up with the record"
    ),
    "unread": IntegerField(help_text="texts of these patients that no machine looked through so far: none raises one"),
}
"""Beside each page of the lists that say who needs a person."""


class AlreadyAcknowledged(APIException):
    """Someone was first; what they wrote stands."""

    status_code = 409
    default_detail = "This alert has been acknowledged."
    problem_code = "already_acknowledged"


class AlertRaised(APIException):
    """It is no longer what the client saw."""

    status_code = 409
    default_detail = "It was raised higher, or more was written, since it was seen. Read it again."
    problem_code = "raised_meanwhile"


class NotUpToDate(APIException):
    """Nobody can say for the moment whether it is still what the client saw."""

    status_code = 503
    default_detail = "The list of alerts is behind the record. Nothing was saved; try again in a minute."
    problem_code = "ledger_behind"


class CaseloadList(APIView):
    @extend_schema(
        operation_id="caseload_list",
        parameters=[*sequence.QUERY],
        responses=sequence.page_of("CaseloadPage", serializers.LineOut, **LATE),
    )
    def get(self, request: Request) -> Response:
        """The reader's patients, those who need a person first on top."""
        permits, late = open_caseload(asker(request), why=Purpose.TREATMENT), late_since()
        lines = selectors.caseload(permits, now=timezone.now())
        told = {"late_since": late, "unread": _unread(lines)}
        return sequence.page(request, lines, key=_place, show=serializers.of_line, moving=True, **told)


class AlertList(APIView):
    @extend_schema(
        operation_id="alerts_list",
        parameters=[*sequence.QUERY],
        responses=sequence.page_of("AlertPage", serializers.AlertOut, **LATE),
    )
    def get(self, request: Request) -> Response:
        """Every alert of the reader's patients: waiting ones first, the most serious on top."""
        permits, late = open_caseload(asker(request), why=Purpose.TREATMENT), late_since()
        lines = selectors.caseload(permits, now=timezone.now())
        found, told = selectors.alerts(lines), {"late_since": late, "unread": _unread(lines)}
        return sequence.page(request, found, key=_section, show=serializers.of_alert, moving=True, **told)


class Acknowledgement(APIView):
    @extend_schema(
        operation_id="alerts_acknowledge",
        request=serializers.AcknowledgementIn,
        responses={201: serializers.AcknowledgementOut},
    )
    def post(self, request: Request, patient_id: UUID, alert_id: UUID) -> Response:
        """Take note of an alert, once, with a reason."""
        permit = open_patient(asker(request), patient_id, to=Right.ACKNOWLEDGE, why=Purpose.TREATMENT)
        given = serializers.AcknowledgementIn(data=request.data)
        given.is_valid(raise_exception=True)
        try:
            idempotency.once(request, partial(commands.acknowledge, permit, alert_id, **given.validated_data))
        except AlertUnknown as unknown:
            raise Http404 from unknown
        except AlreadyReviewed as first:
            raise AlreadyAcknowledged from first
        except RaisedMeanwhile as raised:
            raise AlertRaised from raised
        except LedgerBehind as behind:
            raise NotUpToDate from behind
        except ReasonMissing as missing:
            raise ValidationError({"reason": ["say what was done, or why nothing was needed"]}) from missing
        return Response({"id": str(alert_id), "acknowledged": True}, status=201)


def _unread(lines: list[Line]) -> int:
    return sum(unread(line.patient_id for line in lines).values())


def _place(line: Line) -> str:
    return f"{line.patient_id} {urgency(line)}"


def _section(found: PatientAlert) -> str:
    return f"{found.alert.id} {found.alert.as_of} {'seen' if found.alert.review else 'waiting'}"
