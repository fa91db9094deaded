"""What the web process serves: HTTP by Django, WebSockets by the apps' consumers."""

import os
from importlib import import_module

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")
pages = get_asgi_application()

from channels.auth import AuthMiddlewareStack  # noqa: E402  (needs the apps to be loaded)
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import AllowedHostsOriginValidator  # noqa: E402
from django.conf import settings  # noqa: E402

from config.settings.base import present  # noqa: E402
from config.startup import refuse_unsafe_start  # noqa: E402

if settings.ATTUNE_PROCESS != "cli":
    refuse_unsafe_start()

routes = [
    route
    for name in settings.ATTUNE_APPS
    if present(f"{name}.routing")
    for route in import_module(f"{name}.routing").websocket_urlpatterns
]
sockets = AllowedHostsOriginValidator(AuthMiddlewareStack(URLRouter(routes)))
application = ProtocolTypeRouter({"http": pages, "websocket": sockets})
