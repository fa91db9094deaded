"""Pages to get in and out: sign-in, recovery, joining by invitation, inviting."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import NoReverseMatch
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from access.asker import asker
from access.roles import Role
from access.way_back import page_of_ours
from apps.accounts import commands, selectors
from apps.accounts import sign_in as desk
from apps.accounts.errors import LinkUnusable, LoginTaken
from apps.accounts.forms import InviteForm, JoinForm, NewPasswordForm, RecoverForm, SignInForm
from apps.accounts.invitations import MAY_INVITE, accept, find_invitation
from apps.accounts.models import Invitation
from apps.accounts.recovery import find_link

HOMES = {
    Role.PATIENT: "care_sessions:prepare",
    Role.PROVIDER: "providers:caseload",
    Role.SUPERVISOR: "providers:caseload",
    Role.ADMINISTRATOR: "audit:log",
    Role.AUDITOR: "audit:log",
}
JOINING, RECOVERING = "attune.joining", "attune.recovering"
form_page = require_http_methods(["GET", "POST"])
REFUSED = 422


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """`/` leads each role to its own first page."""
    if not request.user.is_authenticated:
        return redirect("accounts:sign_in")
    try:
        return redirect(HOMES[Role(request.user.role)])
    except (KeyError, NoReverseMatch):
        return render(request, "accounts/welcome.html", {"name": selectors.name_of(request.user)})


@never_cache
@sensitive_post_parameters()
@form_page
def sign_in(request: HttpRequest) -> HttpResponse:
    following = _safe_next(request)
    if request.user.is_authenticated:
        return redirect(following)
    form = SignInForm(request.POST or None)
    if request.method == "GET":
        return render(request, "accounts/sign_in.html", {"form": SignInForm(), "next": request.GET.get("next", "")})
    status, retry = REFUSED, 0
    if form.is_valid():
        outcome = desk.sign_in(request, form.cleaned_data["login"], form.cleaned_data["password"])
        if not isinstance(outcome, desk.Refused):
            return redirect(following)
        retry = int(outcome.wait.total_seconds()) + 1 if outcome.wait else 0
        form.add_error(None, _refusal(retry))
        status = 429 if retry else REFUSED
    response = render(
        request, "accounts/sign_in.html", {"form": form, "next": request.POST.get("next", "")}, status=status
    )
    if retry:
        response.headers["Retry-After"] = str(retry)
    return response


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    desk.sign_out(request)
    messages.success(request, _("You are signed out."))
    return redirect("accounts:sign_in")


@never_cache
@form_page
def recover(request: HttpRequest) -> HttpResponse:
    """Answers the same whether anybody has the address."""
    form = RecoverForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        commands.ask_recovery(form.cleaned_data["login"])
        return render(request, "accounts/recovery_asked.html")
    status = REFUSED if form.is_bound else 200
    return render(request, "accounts/recover.html", {"form": form}, status=status)


@never_cache
@require_GET
def follow_recovery(request: HttpRequest, token: str) -> HttpResponse:
    """Takes the secret out of the address bar before a form is shown."""
    try:
        request.session[RECOVERING] = str(find_link(token).id)
    except LinkUnusable:
        return _unusable(request)
    return redirect("accounts:new_password")


@never_cache
@sensitive_post_parameters()
@form_page
def new_password(request: HttpRequest) -> HttpResponse:
    link = request.session.get(RECOVERING)
    if link is None:
        return _unusable(request)
    form = NewPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            commands.recover(UUID(link), form.cleaned_data["password"])
        except LinkUnusable:
            return _unusable(request)
        request.session.flush()
        messages.success(request, _("Your new password is set. You can sign in with it now."))
        return redirect("accounts:sign_in")
    return render(request, "accounts/new_password.html", {"form": form}, status=REFUSED if form.is_bound else 200)


@never_cache
@require_GET
def follow_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Takes the secret out of the address bar before a form is shown."""
    try:
        request.session[JOINING] = str(find_invitation(token).id)
    except LinkUnusable:
        return _unusable(request)
    return redirect("accounts:join")


@never_cache
@sensitive_post_parameters()
@form_page
def join(request: HttpRequest) -> HttpResponse:
    chosen = request.session.get(JOINING)
    invitation = Invitation.objects.filter(pk=UUID(chosen)).first() if chosen else None
    if invitation is None:
        return _unusable(request)
    form = JoinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _joined(request, invitation, form)
        except LinkUnusable:
            return _unusable(request)
        except LoginTaken:
            form.add_error("login", _("This address cannot be used here. Please take another one."))
    context = {"form": form, "role": invitation.role}
    return render(request, "accounts/join.html", context, status=REFUSED if form.is_bound else 200)


@never_cache
@form_page
def invitations(request: HttpRequest) -> HttpResponse:
    """Make a link for someone; it is shown once, here."""
    actor = asker(request)
    form = InviteForm(request.POST or None, roles=MAY_INVITE[Role(actor.role)])
    link = None
    if request.method == "POST" and form.is_valid():
        invited = commands.invite(Role(form.cleaned_data["role"]), invited_by=actor)
        link = request.build_absolute_uri(resolve_url("accounts:follow_invitation", invited.token))
    context = {
        "form": form, "link": link, "invitations": selectors.invitations_by(actor),
        "invites_patients": Role.PATIENT in MAY_INVITE[Role(actor.role)],
    }  # fmt: skip
    refused = form.is_bound and not form.is_valid()
    return render(request, "accounts/invitations.html", context, status=REFUSED if refused else 200)


def _joined(request: HttpRequest, invitation: Invitation, form: JoinForm) -> HttpResponse:
    typed = form.cleaned_data
    accept(invitation.id, typed["login"], typed["password"], name=typed["name"])
    request.session.flush()
    messages.success(request, _("Welcome. Your account is ready; please sign in."))
    return redirect("accounts:sign_in")


def _unusable(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/link_unusable.html", status=404)


def _refusal(retry: int) -> str:
    if not retry:
        return _("That address and password don't belong together.")
    minutes = retry // 60 + 1
    return ngettext(
        "Too many tries. Please wait %(n)d minute, or ask for a new password.",
        "Too many tries. Please wait %(n)d minutes, or ask for a new password.",
        minutes,
    ) % {"n": minutes}


def _safe_next(request: HttpRequest) -> str:
    """Where to go after signing in: a page of ours only, else the start."""
    return page_of_ours(request, request.POST.get("next") or request.GET.get("next"))
