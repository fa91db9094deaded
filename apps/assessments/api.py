"""The API: instruments, a patient's forms, answers and handing in."""

from functools import partial
from uuid import UUID

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.api import idempotency, sequence
from access.api.given import checked
from access.asker import asker
from access.door import Permit, Purpose, Right, open_patient
from access.roles import Role
from apps.assessments import commands, selectors, serializers
from apps.assessments.aggregate import AnswersMissing, Assessment, AssessmentClosed, AssessmentStale, AssessmentUnknown
from apps.assessments.instruments import INSTRUMENTS, UnknownInstrument, instrument
from apps.assessments.scoring import WrongAnswers

PATIENT = OpenApiParameter("patient", UUID, description="whose forms; a clinician must say, a patient needn't")


class Closed(APIException):
    """The form was handed in."""

    status_code = 409
    default_detail = "This form was handed in; its answers stay as they are."
    problem_code = "assessment_closed"


class Stale(APIException):
    """The form was begun more than a week ago."""

    status_code = 409
    default_detail = "This form was begun more than a week ago: its answers are kept; begin a new one."
    problem_code = "assessment_stale"


class QuestionsOpen(APIException):
    """Handing in needs `as_it_is`, since questions are open."""

    status_code = 422
    default_detail = "Questions are open; answer them, or send as_it_is."
    problem_code = "answers_missing"


class InstrumentList(APIView):
    @extend_schema(
        operation_id="instruments_list",
        parameters=[*sequence.QUERY],
        responses=sequence.page_of("InstrumentPage", serializers.InstrumentListed),
    )
    def get(self, request: Request) -> Response:
        known = list(INSTRUMENTS.values())
        return sequence.page(
            request, known, key=lambda one: one.key, show=lambda one: dict(serializers.InstrumentListed(one).data)
        )


class InstrumentDetail(APIView):
    @extend_schema(operation_id="instruments_read", responses=serializers.InstrumentOut)
    def get(self, request: Request, key: str) -> Response:
        try:
            return Response(serializers.InstrumentOut(instrument(key)).data)
        except UnknownInstrument as unknown:
            raise Http404 from unknown


class AssessmentList(APIView):
    @extend_schema(
        operation_id="assessments_list",
        parameters=[PATIENT, *sequence.QUERY],
        responses=sequence.page_of("AssessmentPage", serializers.AssessmentOut),
    )
    def get(self, request: Request) -> Response:
        forms = selectors.history(_reader(request, _patient(request)))
        return sequence.page(request, forms[::-1], key=lambda one: str(one.id), show=serializers.of_facts)

    @extend_schema(
        operation_id="assessments_start",
        request=serializers.AssessmentStartIn,
        responses={201: serializers.AssessmentOut},
    )
    def post(self, request: Request) -> Response:
        given = checked(serializers.AssessmentStartIn(data=request.data))
        permit = _answering(request)
        try:
            key = instrument(given["instrument"]).key
        except UnknownInstrument as unknown:
            raise ValidationError({"instrument": [str(unknown)]}) from unknown
        ordinal = selectors.ordinal(selectors.history(permit), key, timezone.now())
        start = partial(commands.start, permit.patient_id, key=key, ordinal=ordinal, actor=permit.actor)
        assessment_id = idempotency.once(request, start)
        return Response(serializers.of_form(assessment_id, _known(permit, assessment_id)), status=201)


class AssessmentDetail(APIView):
    @extend_schema(operation_id="assessments_read", responses=serializers.AssessmentOut)
    def get(self, request: Request, assessment_id: UUID) -> Response:
        patient_id = selectors.patient_of(assessment_id)
        permit = _reader(request, patient_id or assessment_id)
        return Response(serializers.of_form(assessment_id, _known(permit, assessment_id)))


class Answers(APIView):
    @extend_schema(
        operation_id="assessments_answer",
        request=serializers.AnswerIn,
        responses=serializers.AssessmentOut,
    )
    def post(self, request: Request, assessment_id: UUID) -> Response:
        permit = _answering(request)
        _known(permit, assessment_id)
        given = checked(serializers.AnswerIn(data=request.data))
        answer = partial(commands.answer, permit.patient_id, assessment_id, actor=permit.actor, **given)
        try:
            idempotency.once(request, answer)
        except AssessmentClosed as closed:
            raise Closed from closed
        except WrongAnswers as wrong:
            raise ValidationError({"answer": [str(wrong)]}) from wrong
        return Response(serializers.of_form(assessment_id, _known(permit, assessment_id)))


class Submission(APIView):
    @extend_schema(
        operation_id="assessments_submit",
        request=serializers.SubmissionIn,
        responses=serializers.AssessmentOut,
    )
    def post(self, request: Request, assessment_id: UUID) -> Response:
        permit = _answering(request)
        _known(permit, assessment_id)
        given = checked(serializers.SubmissionIn(data=request.data))
        submit = partial(commands.submit, permit.patient_id, assessment_id, actor=permit.actor, **given)
        try:
            idempotency.once(request, submit)
        except AssessmentClosed as closed:
            raise Closed from closed
        except AssessmentStale as stale:
            raise Stale from stale
        except AnswersMissing as missing:
            raise QuestionsOpen from missing
        return Response(serializers.of_form(assessment_id, _known(permit, assessment_id)))


def _answering(request: Request) -> Permit:
    actor = asker(request)
    return open_patient(actor, actor.id, to=Right.ANSWER, why=Purpose.SELF)


def _reader(request: Request, patient_id: UUID) -> Permit:
    """The reader's permit: a patient sees their own forms, a clinician those of their caseload."""
    actor = asker(request)
    if actor.role == Role.PATIENT:
        return open_patient(actor, patient_id, to=Right.VIEW_OWN, why=Purpose.SELF)
    return open_patient(actor, patient_id, to=Right.VIEW_CHART, why=Purpose.TREATMENT)


def _patient(request: Request) -> UUID:
    asked = request.query_params.get("patient")
    if asked is None and asker(request).role == Role.PATIENT:
        return UUID(str(asker(request).id))
    try:
        return UUID(asked or "")
    except ValueError as wrong:
        raise ValidationError({"patient": ["a patient's id is needed"]}) from wrong


def _known(permit: Permit, assessment_id: UUID) -> Assessment:
    try:
        return selectors.form(permit, assessment_id)
    except AssessmentUnknown as unknown:
        raise Http404 from unknown
