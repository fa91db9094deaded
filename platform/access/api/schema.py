"""What the OpenAPI document says of every operation: how one signs in, how errors look, how writes are repeated."""

from typing import Any

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import Direction

from access.api.idempotency import HEADER
from access.errors import PROBLEM_TYPE

_UNSAFE = {"post", "put", "patch", "delete"}
_PROBLEM = {
    "type": "object",
    "description": "RFC 9457 problem document",
    "required": ["type", "title", "status", "code"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "stable name of the problem"},
        "detail": {"type": "string"},
        "instance": {"type": "string", "format": "uri", "description": "the request's id"},
        "errors": {"type": "object", "description": "field → what is wrong with it"},
    },
}
_KEY = {
    "in": "header",
    "name": HEADER,
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
    "description": "The same key for the same request does nothing twice; for another request it is refused (422). "
    "A key is remembered for a day.",
}


class Schema(AutoSchema):
    """Says also what a DELETE takes in its body.

    OpenAPI 3.0 lets tools pass over it, and some do; but the words of a patient or a clinician don't belong into an
    address, which is logged. So the operation's description names the fields, too.
    """

    def _get_request_body(self, direction: Direction = "request") -> Any:
        method, self.method = self.method, "PUT" if self.method == "DELETE" else self.method
        try:
            return super()._get_request_body(direction)  # type: ignore[no-untyped-call]  # the package's own gap
        finally:
            self.method = method


class CookieSessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # the package's metaclass
    target_class = "access.api.authentication.CookieSession"
    name = "cookieAuth"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}


def describe_problems(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Postprocessing hook: each operation may answer with a problem; each write takes an Idempotency-Key."""
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = _PROBLEM
    content = {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for operations in result.get("paths", {}).values():
        for method, operation in operations.items():
            operation["responses"].setdefault("default", {"description": "Refused or failed", "content": content})
            if method in _UNSAFE:
                others = [one for one in operation.get("parameters", []) if one["name"] != HEADER]
                operation["parameters"] = [*others, _KEY]
    return result
