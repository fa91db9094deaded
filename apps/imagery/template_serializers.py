"""Templates as the API shows them, and what a review takes."""

from typing import Any, Final

from rest_framework import serializers

from apps.imagery.reviews import LONGEST_COMMENT, STATES
from apps.imagery.template_selectors import DraftRule, StandingTemplate

STATE_WORDS: Final = ", ".join(STATES)


class TemplateReviewOut(serializers.Serializer[Any]):
    """What one clinician said. `of_these_words`: whether the template still reads as it did then."""

    state = serializers.CharField(help_text=STATE_WORDS)
    comment = serializers.CharField()
    by = serializers.UUIDField()
    at = serializers.DateTimeField()
    of_these_words = serializers.BooleanField()


class TemplateOut(serializers.Serializer[Any]):
    """One template, in the words of its file; texts may hold slots such as {season}."""

    id = serializers.CharField()
    state = serializers.CharField(help_text=STATE_WORDS)
    digest = serializers.CharField(help_text="of these words; a review names it")
    technique = serializers.CharField()
    emotions = serializers.ListField(child=serializers.CharField())
    text = serializers.CharField()
    line = serializers.CharField()
    alt = serializers.CharField()
    purpose = serializers.CharField()
    reference = serializers.CharField()
    negative = serializers.CharField()
    contraindications = serializers.ListField(child=serializers.CharField())
    language = serializers.CharField()
    why_first = serializers.CharField(help_text="why its writers want it read before others; empty where they don't")


class TemplateDetailOut(TemplateOut):
    """One template, and what was said of it, oldest first."""

    reviews = TemplateReviewOut(many=True)


class TemplateReviewIn(serializers.Serializer[Any]):
    """How a template stands, of the words with this digest."""

    state = serializers.CharField(help_text=STATE_WORDS)
    digest = serializers.CharField(max_length=64)
    comment = serializers.CharField(
        max_length=LONGEST_COMMENT, allow_blank=True, default="", help_text="needed for all but an approval"
    )


class DraftDecisionOut(serializers.Serializer[Any]):
    """What the organisation decided about drafts, by whom and why."""

    allowed = serializers.BooleanField()
    reason = serializers.CharField()
    by = serializers.UUIDField()
    role = serializers.CharField()
    at = serializers.DateTimeField()


class DraftRuleOut(serializers.Serializer[Any]):
    """Whether drafts may be shown here."""

    demanded = serializers.BooleanField(help_text="whether this installation shows approved templates only by itself")
    allowed = serializers.BooleanField(help_text="whether the organisation's word stands that drafts may be shown")
    drafts_shown = serializers.BooleanField(help_text="what follows from both")
    decisions = DraftDecisionOut(many=True, help_text="oldest first")


class DraftDecisionIn(serializers.Serializer[Any]):
    """What is decided about drafts, and why."""

    allowed = serializers.BooleanField()
    reason = serializers.CharField(max_length=LONGEST_COMMENT)


def of_rule(rule: DraftRule) -> dict[str, Any]:
    """As `DraftRuleOut` shows it."""
    return dict(DraftRuleOut(rule).data)


def of_template(one: StandingTemplate) -> dict[str, Any]:
    """As `TemplateOut` shows it."""
    template = one.template
    names = [str(name) for name in TemplateOut().fields if str(name) != "state"]
    return {"state": one.state} | {name: getattr(template, name) for name in names}


def of_detail(one: StandingTemplate) -> dict[str, Any]:
    """As `TemplateDetailOut` shows it."""
    said = [
        {
            "state": review.state,
            "comment": review.comment,
            "by": str(review.by),
            "at": serializers.DateTimeField().to_representation(review.at),
            "of_these_words": review.digest in one.template.digests,
        }
        for review in one.said
    ]
    return of_template(one) | {"reviews": said}
