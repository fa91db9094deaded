"""A pair as the API takes and gives it; nothing here tells the arms apart."""

from typing import Any
from uuid import UUID

from django.urls import reverse
from rest_framework import serializers

from apps.imagery.pair_selectors import ANSWERED, AWAITED, CLOSED, OPEN, PairShown
from apps.imagery.pairs import ANSWERS, PLACES


class PairPictureOut(serializers.Serializer[Any]):
    """One of the two, by its place."""

    place = serializers.ChoiceField(choices=PLACES)
    alt = serializers.CharField(help_text="what the painter was asked to show; empty where it does not say")
    content = serializers.CharField(help_text="where its file is")


class PairOut(serializers.Serializer[Any]):
    """How it stands with a session's pair; `pictures` is empty unless it is open."""

    stands = serializers.ChoiceField(choices=(OPEN, ANSWERED, CLOSED, AWAITED))
    answer = serializers.ChoiceField(choices=ANSWERS, allow_null=True)
    pictures = PairPictureOut(many=True)


class PairChoiceIn(serializers.Serializer[Any]):
    """Which one the patient would rather have seen; "upset" says that one of them upset them."""

    answer = serializers.ChoiceField(choices=ANSWERS)


def of_pair(session_id: UUID, shown: PairShown) -> dict[str, Any]:
    """The pair as `PairOut` shows it."""
    pictures = [
        {"place": place, "alt": alt, "content": reverse(f"imagery:pair-{place}", args=[session_id])}
        for place, alt in zip(PLACES, shown.alts, strict=True)
    ]
    return {"stands": shown.state, "answer": shown.answer, "pictures": pictures if shown.state == OPEN else []}
