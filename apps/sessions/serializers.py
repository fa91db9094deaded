"""The API's shapes of a session."""

from typing import Any

from rest_framework import serializers

from apps.sessions.selectors import TrackPoint
from ml.vocabulary import EMOTIONS


class StartIn(serializers.Serializer[Any]):
    camera = serializers.BooleanField(default=False, help_text="whether frames will come; needs consent")


class SessionOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    patient_id = serializers.UUIDField()
    opened_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    camera = serializers.BooleanField()
    emotion = serializers.ChoiceField(choices=EMOTIONS, allow_null=True, help_text="the state as it stands")
    mood = serializers.IntegerField(allow_null=True, help_text="the last valence reported, -5 to 5")
    distress = serializers.IntegerField(allow_null=True, help_text="at the end, 0 to 100")
    satisfaction = serializers.IntegerField(allow_null=True, help_text="1 to 5")


class StartedOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    socket = serializers.CharField(help_text="path of the session's WebSocket, subprotocol attune.v1")


class EntryOut(serializers.Serializer[Any]):
    position = serializers.IntegerField(help_text="in the log")
    at = serializers.DateTimeField()
    kind = serializers.CharField()
    body = serializers.DictField(help_text="what the kind says")


class PointOut(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    frames = serializers.IntegerField(help_text="frames read in this second")
    probabilities = serializers.DictField(child=serializers.FloatField(), allow_null=True)


class TimelineImageOut(serializers.Serializer[Any]):
    """What `imagery` adds of a picture. It knows us and not we it, so that its words stand here once more."""

    image_id = serializers.UUIDField()
    shown_at = serializers.DateTimeField()
    alt = serializers.CharField()
    technique = serializers.CharField()
    why = serializers.CharField()
    fallback = serializers.BooleanField(help_text="from the vetted library, not painted by the model")
    rating = serializers.IntegerField(allow_null=True, help_text="-2 to 2; null when the patient gave none")


class TimelineOut(serializers.Serializer[Any]):
    session = SessionOut()
    entries = EntryOut(many=True)
    track = PointOut(many=True, help_text="the readings, a point a second")
    images = TimelineImageOut(many=True, help_text="what was shown, the first one first")


def of_timeline(found: dict[str, Any]) -> dict[str, Any]:
    """A selector's timeline as the API gives it; parts of other apps go through as they are."""
    own = {
        "session": SessionOut(found["session"]).data,
        "entries": [_entry(entry) for entry in found["entries"]],
        "track": [_point(point) for point in found["track"]],
    }
    return found | own


def _entry(entry: dict[str, Any]) -> dict[str, Any]:
    body = {name: value for name, value in entry.items() if name not in ("position", "at", "kind")}
    return dict(EntryOut({**{name: entry[name] for name in ("position", "at", "kind")}, "body": body}).data)


def _point(point: TrackPoint) -> dict[str, Any]:
    shares = point.probabilities
    named = None if shares is None else {e: round(share, 3) for e, share in zip(EMOTIONS, shares, strict=True)}
    return dict(PointOut({"at": point.at, "frames": point.frames, "probabilities": named}).data)
