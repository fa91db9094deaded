"""Rights and purposes in words, as an administrator reads them."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from access.rights import Purpose, Right

RIGHTS: dict[str, Promise | str] = {
    Right.VIEW_OWN: _("see the own record"),
    Right.RUN_SESSION: _("hold a session"),
    Right.ANSWER: _("answer a questionnaire or do an exercise"),
    Right.CONSENT: _("give or withdraw consent"),
    Right.SET_PREFERENCES: _("set preferences"),
    Right.VIEW_CHART: _("read the chart"),
    Right.WRITE_NOTE: _("write a note"),
    Right.ACKNOWLEDGE: _("acknowledge an alert"),
    Right.SCHEDULE: _("plan questionnaires or exercises"),
    Right.EXPORT: _("export the record"),
    Right.VIEW_ACCESS: _("read the access log"),
    Right.MANAGE_CASELOAD: _("change who treats"),
    Right.ERASE: _("erase the record"),
}
RIGHTS_FOR: dict[tuple[str, str], Promise | str] = {
    (Right.EXPORT, Purpose.RESEARCH): _("learn from ratings or choices, without a name"),
}
"""Where a right means something else with one purpose."""
PURPOSES: dict[str, Promise | str] = {
    Purpose.TREATMENT: _("treatment"),
    Purpose.SELF: _("the patient's own"),
    Purpose.AUDIT: _("audit"),
    Purpose.OPERATIONS: _("operations"),
    Purpose.RESEARCH: _("research"),
}
