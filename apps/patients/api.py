"""The API: who the patients are, what they agreed to, and what they (don't) want to see."""

from functools import partial
from typing import Any
from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.api import idempotency, sequence
from access.api.given import checked
from access.asker import asker
from access.door import Permit, Purpose, Right, open_caseload, open_patient
from access.roles import Role
from apps.patients import commands, consent, selectors, serializers
from apps.patients.aggregate import NotOffered, SettingNotOffered
from apps.patients.events import PURPOSES, PlanSet
from apps.patients.forms import CHANGED, WRONG
from apps.patients.plan import PlanWrong


class PlanChanged(APIException):
    """Someone else set the plan since `seen`."""

    status_code = 409
    default_detail = "Someone changed the plan since it was read; read it again."
    problem_code = "changed_elsewhere"


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
        request=serializers.ConsentIn,
        responses=serializers.ConsentOut,
    )
    def put(self, request: Request, patient_id: UUID, purpose: str) -> Response:
        """Give or withdraw consent for one purpose. Only the patient can."""
        permit = opened(request, patient_id, own=Right.CONSENT, other=Right.CONSENT)
        given = checked(serializers.ConsentIn(data=request.data))
        if purpose not in PURPOSES:
            raise Http404
        change = commands.withdraw_consent
        if given["given"]:
            change = partial(commands.give_consent, version=_text_read(given, purpose))
        idempotency.once(request, partial(change, permit.patient_id, purpose=purpose, actor=permit.actor))
        return Response({"consents": sorted(selectors.now(permit).consents)})


class Triggers(APIView):
    @extend_schema(
        operation_id="patients_set_triggers",
        request=serializers.TriggersIn,
        responses=serializers.WishesOut,
    )
    def put(self, request: Request, patient_id: UUID) -> Response:
        """Replace what the patient doesn't want to see, or, with `seen`, only do what changed against it."""
        permit = opened(request, patient_id, own=Right.SET_PREFERENCES, other=Right.SET_PREFERENCES)
        given = checked(serializers.TriggersIn(data=request.data))
        wanted = {"tags": given["triggers"], "words": given["words"], "seen": given.get("seen")}
        try:
            idempotency.once(request, partial(commands.set_triggers, permit.patient_id, actor=permit.actor, **wanted))
        except NotOffered as wrong:
            raise ValidationError({"triggers": [str(wrong)]}) from wrong
        return Response(serializers.wishes(selectors.now(permit)))


class Preferences(APIView):
    @extend_schema(
        operation_id="patients_set_preferences",
        request=serializers.PreferencesIn,
        responses=serializers.WishesOut,
    )
    def put(self, request: Request, patient_id: UUID) -> Response:
        """Replace liked places and goals, or, with `seen`, only do what changed against it."""
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
        request=serializers.SettingsIn,
        responses=serializers.SettingsOut,
    )
    def put(self, request: Request, patient_id: UUID) -> Response:
        """Replace the patient's language and time zone. Only the patient can."""
        permit = opened(request, patient_id, own=Right.SET_PREFERENCES, other=Right.CONSENT)
        given = checked(serializers.SettingsIn(data=request.data))
        try:
            idempotency.once(request, partial(commands.set_settings, permit.patient_id, actor=permit.actor, **given))
        except SettingNotOffered as wrong:
            raise ValidationError({name: [str(wrong)] for name in wrong.names}) from wrong
        now = selectors.now(permit).settings
        return Response({"language": now.language, "time_zone": now.time_zone})


class Plan(APIView):
    @extend_schema(operation_id="patients_read_plan", responses=serializers.PlanNowOut)
    def get(self, request: Request, patient_id: UUID) -> Response:
        """What is limited and preferred for this patient."""
        permit = opened(request, patient_id, own=Right.VIEW_CHART, other=Right.VIEW_CHART)
        return Response(serializers.plan_now(selectors.now(permit)))

    @extend_schema(
        operation_id="patients_set_plan",
        request=serializers.PlanIn,
        responses={200: serializers.PlanNowOut, 409: OpenApiResponse(description="changed_elsewhere")},
    )
    def put(self, request: Request, patient_id: UUID) -> Response:
        """Replace it; with `seen`, unless someone else did meanwhile."""
        permit = opened(request, patient_id, own=Right.VIEW_CHART, other=Right.SET_PREFERENCES)
        given = checked(serializers.PlanIn(data=request.data))
        out, preferred = tuple(given.pop("techniques_out")), tuple(given.pop("techniques_preferred"))
        seen = given.pop("seen", None)
        wanted = PlanSet(techniques_out=out, techniques_preferred=preferred, **given)
        change = partial(commands.set_plan, permit.patient_id, wanted, seen=seen, actor=permit.actor)
        try:
            idempotency.once(request, change)
        except PlanWrong as wrong:
            if wrong.code == CHANGED:
                raise PlanChanged from wrong
            raise ValidationError({"plan": [str(WRONG[wrong.code])]}) from wrong
        return Response(serializers.plan_now(selectors.now(permit)))


def _text_read(given: dict[str, Any], purpose: str) -> int | None:
    """The version of the consent's text that was read, where that is said. Raises ValidationError."""
    version: int | None = given.get("version")
    if version is not None and version not in consent.versions(purpose):
        raise ValidationError({"version": ["this text has no such version"]})
    return version


def opened(request: Request, patient_id: UUID, *, own: Right, other: Right) -> Permit:
    """The patient, opened by themselves for `own` or by whoever treats them for `other`."""
    actor = asker(request)
    if actor.role == Role.PATIENT:
        return open_patient(actor, patient_id, to=own, why=Purpose.SELF)
    return open_patient(actor, patient_id, to=other, why=Purpose.TREATMENT)
