"""The API: who the patients are, what they agreed to, and what they (don't) want to see."""

from functools import partial
from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.api import idempotency, sequence
from access.api.given import checked
from access.asker import asker
from access.door import Permit, Purpose, Right, open_caseload, open_patient
from access.roles import Role
from apps.patients import commands, selectors, serializers
from apps.patients.aggregate import NotOffered
from apps.patients.events import PURPOSES, PlanSet
from apps.patients.forms import WRONG
from apps.patients.plan import PlanWrong

KEY = OpenApiParameter("Idempotency-Key", location=OpenApiParameter.HEADER, description="repeating it writes once")


class PatientList(APIView):
    @extend_schema(
        operation_id="patients_list",
        parameters=[*sequence.QUERY],
        responses=sequence.page_of("PatientPage", serializers.PatientOut),
    )
    def get(self, request: Request) -> Response:
        """The reader's caseload; for a patient, themselves."""
        actor = asker(request)
        if actor.role == Role.PATIENT:
            permits = [open_patient(actor, actor.id, to=Right.VIEW_OWN, why=Purpose.SELF)]
        else:
            permits = open_caseload(actor, why=Purpose.TREATMENT)
        found = selectors.get_patients(permits)
        return sequence.page(
            request,
            found,
            key=lambda one: str(one.id),
            show=partial(serializers.of_facts, to_patient=actor.role == Role.PATIENT),
        )


class PatientDetail(APIView):
    @extend_schema(operation_id="patients_read", responses=serializers.PatientOut)
    def get(self, request: Request, patient_id: UUID) -> Response:
        permit = opened(request, patient_id, own=Right.VIEW_OWN, other=Right.VIEW_CHART)
        found = selectors.get_patients([permit])
        if not found:
            raise Http404
        return Response(serializers.of_facts(found[0], to_patient=permit.actor.role == Role.PATIENT))


class Consent(APIView):
    @extend_schema(
        operation_id="patients_set_consent",
        parameters=[KEY],
        request=serializers.ConsentIn,
        responses=serializers.ConsentOut,
    )
    def put(self, request: Request, patient_id: UUID, purpose: str) -> Response:
        """Give or withdraw consent for one purpose. Only the patient can."""
        permit = opened(request, patient_id, own=Right.CONSENT, other=Right.CONSENT)
        given = checked(serializers.ConsentIn(data=request.data))["given"]
        if purpose not in PURPOSES:
            raise Http404
        change = commands.give_consent if given else commands.withdraw_consent
        idempotency.once(request, partial(change, permit.patient_id, purpose=purpose, actor=permit.actor))
        return Response({"consents": sorted(selectors.now(permit).consents)})


class Triggers(APIView):
    @extend_schema(
        operation_id="patients_set_triggers",
        parameters=[KEY],
        request=serializers.TriggersIn,
        responses=serializers.WishesOut,
    )
    def put(self, request: Request, patient_id: UUID) -> Response:
        """Replace what the patient doesn't want to see."""
        permit = opened(request, patient_id, own=Right.SET_PREFERENCES, other=Right.SET_PREFERENCES)
        given = checked(serializers.TriggersIn(data=request.data))
        wanted = {"tags": given["triggers"], "words": given["words"]}
        try:
            idempotency.once(request, partial(commands.set_triggers, permit.patient_id, actor=permit.actor, **wanted))
        except NotOffered as wrong:
            raise ValidationError({"triggers": [str(wrong)]}) from wrong
        return Response(serializers.wishes(selectors.now(permit)))


class Preferences(APIView):
    @extend_schema(
        operation_id="patients_set_preferences",
        parameters=[KEY],
        request=serializers.PreferencesIn,
        responses=serializers.WishesOut,
    )
    def put(self, request: Request, patient_id: UUID) -> Response:
        """Replace liked places and goals."""
        permit = opened(request, patient_id, own=Right.SET_PREFERENCES, other=Right.SET_PREFERENCES)
        given = checked(serializers.PreferencesIn(data=request.data))
        try:
            idempotency.once(request, partial(commands.set_preferences, permit.patient_id, actor=permit.actor, **given))
        except NotOffered as wrong:
            raise ValidationError({"preferences": [str(wrong)]}) from wrong
        return Response(serializers.wishes(selectors.now(permit)))


class Settings(APIView):
    @extend_schema(
        operation_id="patients_set_settings",
        parameters=[KEY],
        request=serializers.SettingsIn,
        responses=serializers.SettingsOut,
    )
    def put(self, request: Request, patient_id: UUID) -> Response:
        """Replace the patient's language and time zone. Only the patient can."""
        permit = opened(request, patient_id, own=Right.SET_PREFERENCES, other=Right.CONSENT)
        given = checked(serializers.SettingsIn(data=request.data))
        try:
            idempotency.once(request, partial(commands.set_settings, permit.patient_id, actor=permit.actor, **given))
        except NotOffered as wrong:
            raise ValidationError({"time_zone": [str(wrong)]}) from wrong
        now = selectors.now(permit).settings
        return Response({"language": now.language, "time_zone": now.time_zone})


class Plan(APIView):
    @extend_schema(operation_id="patients_read_plan", responses=serializers.PlanOut)
    def get(self, request: Request, patient_id: UUID) -> Response:
        """What is limited and preferred for this patient."""
        permit = opened(request, patient_id, own=Right.VIEW_CHART, other=Right.VIEW_CHART)
        return Response(serializers.of_plan(selectors.now(permit).plan, with_note=True))

    @extend_schema(
        operation_id="patients_set_plan",
        parameters=[KEY],
        request=serializers.PlanIn,
        responses=serializers.PlanOut,
    )
    def put(self, request: Request, patient_id: UUID) -> Response:
        """Replace it."""
        permit = opened(request, patient_id, own=Right.VIEW_CHART, other=Right.SET_PREFERENCES)
        given = checked(serializers.PlanIn(data=request.data))
        out, preferred = tuple(given.pop("techniques_out")), tuple(given.pop("techniques_preferred"))
        wanted = PlanSet(techniques_out=out, techniques_preferred=preferred, **given)
        try:
            idempotency.once(request, partial(commands.set_plan, permit.patient_id, wanted, actor=permit.actor))
        except PlanWrong as wrong:
            raise ValidationError({"plan": [str(WRONG[wrong.code])]}) from wrong
        return Response(serializers.of_plan(selectors.now(permit).plan, with_note=True))


def opened(request: Request, patient_id: UUID, *, own: Right, other: Right) -> Permit:
    """The patient, opened by themselves for `own` or by whoever treats them for `other`."""
    actor = asker(request)
    if actor.role == Role.PATIENT:
        return open_patient(actor, patient_id, to=own, why=Purpose.SELF)
    return open_patient(actor, patient_id, to=other, why=Purpose.TREATMENT)
