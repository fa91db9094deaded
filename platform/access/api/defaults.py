"""REST framework's and the OpenAPI schema's settings, for `config` to import."""

from typing import Any

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["access.api.authentication.CookieSession"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["access.api.parsing.ShallowJSONParser"],
    "DEFAULT_PAGINATION_CLASS": "access.api.pagination.Cursor",
    "DEFAULT_SCHEMA_CLASS": "access.api.schema.Schema",
    "EXCEPTION_HANDLER": "access.api.problems.exception_handler",
    "PAGE_SIZE": 50,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "DATETIME_FORMAT": "%Y-%m-%dT%H:%M:%S.%fZ",
}

SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Attune",
    "DESCRIPTION": (
        "Attune's programming interface. Errors are RFC 9457 problem documents, lists are paginated by cursor, "
        "writes take an Idempotency-Key. Not a medical device."
    ),
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "AUTHENTICATION_WHITELIST": ["access.api.authentication.CookieSession"],
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums", "access.api.schema.describe_problems"],
}
