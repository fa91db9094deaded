"""The API: what a clinician set aside for a patient, the patient's style, and what was learned about them."""

from functools import partial
from uuid import UUID

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.api import idempotency, sequence
from access.api.given import checked
from access.asker import asker
from access.door import Permit, Purpose, Right, open_patient
from apps.imagery import choosing_serializers as serializers
from apps.imagery import keeping, selectors
from apps.imagery.vetoes import NothingWouldStand, NotOffered, ReasonMissing, VetoUnknown


class VetoList(APIView):
    @extend_schema(
        operation_id="vetoes_list",
        parameters=[*sequence.QUERY],
        responses=sequence.page_of("VetoPage", serializers.VetoOut),
    )
    def get(self, request: Request, patient_id: UUID) -> Response:
        """What was set aside for the patient, the newest first; what was taken back says so."""
        found = selectors.choosing(_treating(request, patient_id, Right.VIEW_CHART)).vetoes[::-1]
        return sequence.page(request, found, key=lambda one: str(one.id), show=serializers.of_veto)

    @extend_schema(operation_id="vetoes_set", request=serializers.VetoIn, responses={201: serializers.VetoOut})
    def post(self, request: Request, patient_id: UUID) -> Response:
        """Set something aside; from now on it is neither chosen nor shown to this patient."""
        permit = _treating(request, patient_id, Right.SET_PREFERENCES)
        given = checked(serializers.VetoIn(data=request.data))
        try:
            veto_id = idempotency.once(request, partial(_leave_out, permit, **given))
        except (NotOffered, NothingWouldStand, ReasonMissing) as wrong:
            raise ValidationError({"what": [_WRONG[type(wrong)]]}) from wrong
        found = _veto(permit, veto_id)
        if found is None:
            raise ValidationError({"what": ["it is set aside already"]})
        return Response(serializers.of_veto(found), status=201)


class VetoEntry(APIView):
    @extend_schema(operation_id="vetoes_lift", request=serializers.LiftIn, responses={200: serializers.VetoOut})
    def delete(self, request: Request, patient_id: UUID, veto_id: UUID) -> Response:
        """Take a veto back; it stays in the record. The body may give a `reason`."""
        permit = _treating(request, patient_id, Right.SET_PREFERENCES)
        reason = checked(serializers.LiftIn(data=request.data))["reason"]
        try:
            idempotency.once(request, partial(keeping.let_in, permit, veto_id, reason=reason))
        except VetoUnknown as unknown:
            raise Http404 from unknown
        found = _veto(permit, veto_id)
        assert found is not None, "it was just taken back"  # noqa: S101 -- an invariant
        return Response(serializers.of_veto(found))


class Style(APIView):
    @extend_schema(operation_id="style_read", responses=serializers.StyleOut)
    def get(self, request: Request) -> Response:
        """The style in which the patient's pictures are painted; empty where it is learned."""
        return Response({"style": selectors.choosing(_own(request, Right.VIEW_OWN)).style})

    @extend_schema(operation_id="style_set", request=serializers.StyleIn, responses=serializers.StyleOut)
    def put(self, request: Request) -> Response:
        """Choose one, or none."""
        permit = _own(request, Right.SET_PREFERENCES)
        style = checked(serializers.StyleIn(data=request.data))["style"]
        idempotency.once(request, partial(keeping.set_style, permit, style))
        return Response({"style": keeping.chosen(permit.patient_id).style})


class LearnedTaste(APIView):
    @extend_schema(operation_id="learned_read", responses=serializers.LearnedOut)
    def get(self, request: Request) -> Response:
        """What the choice of pictures has learned about the patient, counted and averaged."""
        return Response(serializers.LearnedOut(selectors.learned(_own(request, Right.VIEW_OWN))).data)

    @extend_schema(operation_id="learned_forget", request=None, responses={204: None})
    def delete(self, request: Request) -> Response:
        """Have it forgotten. What upset the patient or was set aside stays out; the album and the log stay."""
        permit = _own(request, Right.SET_PREFERENCES)
        idempotency.once(request, partial(keeping.forget, permit, at=timezone.now()))
        return Response(status=204)


_WRONG = {
    NotOffered: "no such thing can be set aside",
    NothingWouldStand: "it is the last one that stands",
    ReasonMissing: "a reason is needed",
}


def _leave_out(permit: Permit, *, what: str, value: str, image_id: UUID | None, reason: str, command_id: UUID) -> None:
    if image_id is None:
        keeping.leave_out(permit, what, value, reason=reason, command_id=command_id)
    else:
        keeping.leave_out_of(permit, image_id, what, reason=reason, command_id=command_id)


def _veto(permit: Permit, veto_id: UUID) -> selectors.Veto | None:
    """The veto of that id; None where nothing was written under it."""
    return next((one for one in keeping.chosen(permit.patient_id).vetoes if one.id == veto_id), None)


def _treating(request: Request, patient_id: UUID, right: Right) -> Permit:
    return open_patient(asker(request), patient_id, to=right, why=Purpose.TREATMENT)


def _own(request: Request, right: Right) -> Permit:
    actor = asker(request)
    return open_patient(actor, actor.id, to=right, why=Purpose.SELF)
