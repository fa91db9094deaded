"""The words beside a patient in the caseload: why they stand where they stand. Pure but for translation."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from apps.assessments.change import REMITTED_BELOW, Course
from apps.assessments.instruments import INSTRUMENTS
from apps.providers.ledger import NOTE, PAIR, PICTURE, Alert
from apps.providers.line import HIGH, Line, Measure


@dataclass(frozen=True, slots=True)
class Flag:
    """`level` picks the look: "act" needs a person, "watch" a second look, "calm" is good news."""

    level: Literal["act", "watch", "calm"]
    words: str


def flags(line: Line, *, now: datetime) -> list[Flag]:
    """Waiting alerts first, then what the scores say."""
    found = [_waiting(alert, now) for alert in line.waiting]
    for measure in (line.phq, line.gad):
        found.extend(_of(measure))
    return found


def _waiting(alert: Alert, now: datetime) -> Flag:
    since = timesince(datetime.fromisoformat(alert.raised_at), now, depth=1)
    if alert.kind == PICTURE:
        return Flag("act", _("A picture upset the patient · unacknowledged %(since)s") % {"since": since})
    if alert.kind == PAIR:
        words = _("One of two compared pictures upset the patient · unacknowledged %(since)s")
        return Flag("act", words % {"since": since})
    if alert.kind == NOTE:
        return Flag("act", _("A note may need to be read · unacknowledged %(since)s") % {"since": since})
    words = _("Item %(item)d = %(grade)d · unacknowledged %(since)s")
    return Flag("act", words % {"item": alert.item, "grade": alert.grade, "since": since})


def _of(measure: Measure) -> list[Flag]:
    title, latest = INSTRUMENTS[measure.instrument].title, measure.latest
    if latest is None:
        return []
    if latest.total is None:
        return [Flag("watch", _("%(title)s incomplete") % {"title": title})]
    found = []
    if latest.total >= HIGH[measure.instrument]:
        found.append(Flag("watch", _("%(title)s severe") % {"title": title}))
    if measure.change is not None and measure.change.course is Course.WORSENED:
        found.append(Flag("watch", _("%(title)s reliably worse") % {"title": title}))
    elif measure.change is not None and measure.change.remission:
        words = _("%(title)s below %(mark)d (NCQA's mark of remission)")
        found.append(Flag("calm", words % {"title": title, "mark": REMITTED_BELOW}))
    elif measure.change is not None and measure.change.course is Course.IMPROVED:
        found.append(Flag("calm", _("%(title)s reliably better") % {"title": title}))
    return found
