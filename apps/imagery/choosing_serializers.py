"""What binds the choice of pictures, and what was learned, as the API takes and gives it."""

from typing import Any

from rest_framework import serializers

from apps.imagery.selectors import Learned, Veto
from apps.imagery.vetoes import LONGEST_REASON, SHORTEST_REASON, WHATS
from apps.imagery.words import STYLES


class LiftedOut(serializers.Serializer[Any]):
    by = serializers.UUIDField()
    at = serializers.DateTimeField()
    reason = serializers.CharField()


class VetoOut(serializers.Serializer[Veto]):
    """Something that a clinician set aside for the patient; `lifted` is null while it stands."""

    id = serializers.UUIDField()
    what = serializers.ChoiceField(choices=WHATS)
    value = serializers.CharField()
    image_id = serializers.UUIDField(allow_null=True, help_text="the picture at which it was decided")
    reason = serializers.CharField()
    by = serializers.UUIDField()
    at = serializers.DateTimeField()
    lifted = LiftedOut(allow_null=True)


class VetoIn(serializers.Serializer[Any]):
    """Either `image_id` and what of that picture is set aside, or `what` (style, kind) and its `value`."""

    what = serializers.ChoiceField(choices=WHATS)
    value = serializers.CharField(max_length=40, default="", allow_blank=True)
    image_id = serializers.UUIDField(allow_null=True, default=None)
    reason = serializers.CharField(min_length=SHORTEST_REASON, max_length=LONGEST_REASON)


class LiftIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=LONGEST_REASON, default="", allow_blank=True)


class StyleIn(serializers.Serializer[Any]):
    style = serializers.ChoiceField(  # type: ignore[assignment]  # the API's word, which Field uses, too
        choices=["", *STYLES], help_text="empty leaves it to the engine"
    )


class StyleOut(serializers.Serializer[Any]):
    style = serializers.CharField()  # type: ignore[assignment]  # as above


class AverageOut(serializers.Serializer[Any]):
    key = serializers.CharField()
    count = serializers.IntegerField()
    mean = serializers.FloatField(help_text="of ratings from -2 to 2")


class LearnedOut(serializers.Serializer[Learned]):
    """What is learned from: pictures since the last reset, and how they were answered."""

    since = serializers.DateTimeField(allow_null=True, help_text="the last reset; null: there was none")
    shown = serializers.IntegerField()
    rated = serializers.IntegerField()
    moods = serializers.IntegerField(help_text="pictures after which a change of reported mood was measured")
    faces = serializers.IntegerField(help_text="pictures after which a change of the face was measured")
    kinds = AverageOut(many=True)
    styles = AverageOut(many=True)
    upsetting = serializers.ListField(child=serializers.CharField(), help_text="kinds of scenes that never come again")


def of_veto(veto: Veto) -> dict[str, Any]:
    return dict(VetoOut(veto).data)
