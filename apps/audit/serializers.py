"""The trail as JSON."""

from rest_framework import serializers


class TrailLineSerializer(serializers.Serializer[object]):
    """One patient whom one request reached for."""

    at = serializers.DateTimeField(source="row.at")
    actor_id = serializers.UUIDField(source="row.actor_id")
    actor_role = serializers.CharField(source="row.actor_role")
    actor_name = serializers.CharField()
    patient_id = serializers.UUIDField(source="row.patient_id", allow_null=True)
    right = serializers.CharField(source="row.right")
    purpose = serializers.CharField(source="row.purpose")
    permitted = serializers.BooleanField(source="row.permitted")
    route = serializers.CharField(source="row.route")
    request_id = serializers.UUIDField(source="row.request_id")


class TrailPageSerializer(serializers.Serializer[object]):
    """`next` is the older page's address, null on the last."""

    next = serializers.URLField(allow_null=True)
    results = TrailLineSerializer(many=True)
