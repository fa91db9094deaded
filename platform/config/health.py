"""`/healthz`: this process lives. `/readyz`: what it needs can be reached. `/metrics`: Prometheus, internal only."""

import ipaddress
from collections.abc import Callable

import prometheus_client
import redis
from django.conf import settings
from django.db import DatabaseError, connections
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"alive": True})


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """503 and the parts' names if one is away. Valkey may be: the record and the pages go on without it.

    It says that this process can serve, not that the work behind it goes on: a sealer that is away, a read model that
    stopped and jobs that nobody does show at `/metrics` (attune_unsealed_seconds, attune_follower_…, attune_jobs).
    """
    parts = {"database": _answers(database("default")), "keys": _answers(database("keys"))}
    optional = {"valkey": _answers(valkey)}
    ready = all(parts.values())
    return JsonResponse({"ready": ready, "parts": parts | optional}, status=200 if ready else 503)


def _answers(probe: Callable[[], object]) -> bool:
    try:
        probe()
    except (DatabaseError, redis.RedisError):
        return False
    return True


def database(alias: str) -> Callable[[], object]:
    def probe() -> None:
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT 1")

    return probe


def valkey() -> None:
    with redis.Redis.from_url(settings.ATTUNE_REDIS_URL, socket_timeout=1, socket_connect_timeout=1) as client:
        client.ping()


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """For scrapers inside: a request that came through the proxy, or from another network, sees no such page."""
    if not _from_inside(request):
        raise Http404
    return HttpResponse(prometheus_client.generate_latest(), content_type=prometheus_client.CONTENT_TYPE_LATEST)


def _from_inside(request: HttpRequest) -> bool:
    try:
        near = ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_private
    except ValueError:
        return False
    return near and "X-Forwarded-For" not in request.headers


class HealthFirst:
    """Answers probes before sessions and transactions: a probe must not fail because the database is away.

    And a scraper inside before host names are looked at: it addresses a service, whose name is no public one. Anybody
    else who asks for that page goes on to where every page is refused that is not there.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        probe = {"/healthz": healthz, "/readyz": readyz}.get(request.path)
        if request.path == "/metrics" and _from_inside(request):
            probe = metrics
        return probe(request) if probe else self.get_response(request)
