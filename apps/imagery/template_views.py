"""The pages on which clinicians read templates and say how each stands, and the organisation decides about drafts."""

from collections.abc import Iterable
from typing import Any, Final
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from access.asker import asker
from apps.accounts.selectors import staff_names
from apps.imagery import examples, reviewing, template_selectors, template_words
from apps.imagery.reviewing import DECIDERS, REVIEWERS, TemplateUnknown
from apps.imagery.reviews import APPROVED, DRAFT, WITHDRAWN, CommentMissing, Decision, NoSuchState, Review, WordsChanged
from apps.imagery.template_list import Neighbours, asked, counts, neighbours, part
from apps.imagery.template_selectors import StandingTemplate
from apps.imagery.views import as_file

LIST: Final = "imagery:templates"
PAGE: Final = "imagery:template"
UNPROCESSABLE: Final = 422


@require_GET
def templates(request: HttpRequest) -> HttpResponse:
    """A page of templates as the filters in the address say, how many stand how, and the decision about drafts."""
    every, filters, rule = template_selectors.standing_templates(), asked(request.GET), template_selectors.draft_rule()
    found = filters.of(every)
    shown, behind = part(found, request.GET.get("after", ""))
    names = _names(rule.decisions)
    context = {
        "lines": [template_words.of_line(one) for one in shown],
        "behind": behind,
        "count": len(found),
        "every": len(every),
        "counts": counts(every),
        "filters": template_words.named_choices(filters),
        "filtered": bool(filters.wanted),
        "query": filters.query,
        "rule": rule,
        "decisions": [template_words.of_decision(one, names) for one in reversed(rule.decisions)],
        "may_decide": asker(request).role in DECIDERS,
    }
    return render(request, "imagery/templates.html", context)


@require_GET
def template(request: HttpRequest, template_id: str) -> HttpResponse:
    """One template with its picture, all its texts, and what was said of it."""
    return _page(request, _found(template_id))


@require_safe
def picture(request: HttpRequest, template_id: str) -> HttpResponse:
    """The example's file. It shows no patient's picture."""
    blob = examples.file_of(_found(template_id).template)
    if blob is None:
        raise Http404("not drawn yet")
    return as_file(blob)


@require_POST
def review(request: HttpRequest, template_id: str) -> HttpResponse:
    """Say how a template stands (`state`), of the words that were read (`seen`), with a `comment`."""
    state, comment = request.POST.get("state", ""), request.POST.get("comment", "")
    _found(template_id)
    try:
        reviewing.review(
            template_id, state, seen=request.POST.get("seen", ""), comment=comment, actor=asker(request),
            command_id=uuid4(),
        )  # fmt: skip
    except CommentMissing:
        return _page(request, _found(template_id), comment=comment, wrong=_("Please write why, in a few words."))
    except NoSuchState:
        messages.error(request, _("Please choose how the template stands."))
    except WordsChanged:
        messages.error(request, _("Its words changed since you opened the page. Please read it again."))
    else:
        messages.success(request, _confirmed(state))
    return redirect(f"{reverse(PAGE, args=[template_id])}?{asked(request.GET).query}".rstrip("?"))


@require_POST
def decide(request: HttpRequest) -> HttpResponse:
    """Record whether the organisation shows drafts (`allowed`: "yes" or "no"), and the `reason`."""
    allowed = request.POST.get("allowed", "")
    try:
        if allowed not in ("yes", "no"):
            raise NoSuchState
        reviewing.decide_drafts(
            allowed=allowed == "yes", reason=request.POST.get("reason", ""), actor=asker(request), command_id=uuid4()
        )
    except NoSuchState:
        messages.error(request, _("Please choose what holds."))
    except CommentMissing:
        messages.error(request, _("Please write why, in a few words."))
    else:
        messages.success(request, _("The decision is recorded. It counts from the next picture on."))
    return redirect(LIST)


def _page(request: HttpRequest, one: StandingTemplate, *, comment: str = "", wrong: str = "") -> HttpResponse:
    filters, every = asked(request.GET), template_selectors.standing_templates()
    around = neighbours(every, filters, one.id)
    examples.ask_for(_ahead(one, around))
    names = _names(one.said)
    context: dict[str, Any] = {
        "template": template_words.of_template(one),
        "drawn": examples.example_of(one.template),
        "said": [template_words.of_review(said, one, names) for said in reversed(one.said)],
        "around": around,
        "query": filters.query,
        "comment": comment,
        "wrong": wrong,
        "may_review": asker(request).role in REVIEWERS,
    }
    return render(request, "imagery/template.html", context, status=UNPROCESSABLE if wrong else 200)


def _ahead(one: StandingTemplate, around: Neighbours) -> list[Any]:
    """This one, and where its reader most likely goes next."""
    following = [around.next_draft, around.after]
    return [one.template, *(next_one.template for next_one in following if next_one)]


def _found(template_id: str) -> StandingTemplate:
    try:
        return template_selectors.standing_template(template_id)
    except TemplateUnknown as unknown:
        raise Http404("no such template") from unknown


def _names(said: Iterable[Review | Decision]) -> dict[Any, str]:
    ids = {one.by for one in said}
    return staff_names(ids) if ids else {}


def _confirmed(state: str) -> str:
    return {
        APPROVED: _("Approved, in the words that you read."),
        WITHDRAWN: _("Withdrawn. It is not chosen any more, for anyone."),
        DRAFT: _("It is a draft."),
    }[state]
