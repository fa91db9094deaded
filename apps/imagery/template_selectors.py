"""Questions about templates: how each stands with the clinicians, and which of them nobody may be shown."""

from dataclasses import dataclass

from django.conf import settings

from apps.imagery import reviewing, scene_templates
from apps.imagery.reviews import APPROVED, DRAFT, Decision, Review, Reviews
from apps.imagery.scene_templates import SceneTemplate


@dataclass(frozen=True, slots=True)
class StandingTemplate:
    """A template, how it stands, and what was said of it, oldest first."""

    template: SceneTemplate
    state: str
    said: tuple[Review, ...]

    @property
    def id(self) -> str:
        return self.template.id

    @property
    def changed_since(self) -> bool:
        """Whether the last word was of other words than these."""
        return bool(self.said) and self.said[-1].digest not in self.template.digests


@dataclass(frozen=True, slots=True)
class DraftRule:
    """Whether this installation demands approved templates, and what the organisation decided, oldest first."""

    demanded: bool
    decisions: tuple[Decision, ...]

    @property
    def allowed(self) -> bool:
        """Whether the organisation's word stands that drafts may be shown."""
        return bool(self.decisions) and self.decisions[-1].allowed

    @property
    def drafts_shown(self) -> bool:
        return not self.demanded or self.allowed


def closed_templates() -> tuple[str, ...]:
    """Ids of the templates that may not be chosen for anyone: withdrawn ones, and drafts where approval is demanded.

    Asked at each picture: one small query, see `reviewing.now`.
    """
    reviews = reviewing.now()
    open_states = {APPROVED, DRAFT} if _rule(reviews).drafts_shown else {APPROVED}
    every = scene_templates.templates()
    return tuple(one.id for one in every if reviews.state(one.id, *one.digests) not in open_states)


def draft_rule() -> DraftRule:
    """What holds about drafts here."""
    return _rule(reviewing.now())


def standing_templates() -> list[StandingTemplate]:
    """Every template in the library's order."""
    reviews = reviewing.now()
    return [_standing(reviews, one) for one in scene_templates.templates()]


def standing_template(template_id: str) -> StandingTemplate:
    """One template. Raises TemplateUnknown."""
    return _standing(reviewing.now(), reviewing.template(template_id))


def approved_templates() -> dict[str, SceneTemplate]:
    """The templates that clinicians approved in their present words, by id."""
    return {one.id: one.template for one in standing_templates() if one.state == APPROVED}


def _rule(reviews: Reviews) -> DraftRule:
    return DraftRule(bool(settings.ATTUNE_DEMANDS_APPROVED), reviews.decisions)


def _standing(reviews: Reviews, template: SceneTemplate) -> StandingTemplate:
    state = reviews.state(template.id, *template.digests)
    return StandingTemplate(template, state, reviews.of.get(template.id, ()))
