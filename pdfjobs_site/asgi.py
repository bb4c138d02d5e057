"""The web application, behind a guard that refuses too large a body before it is received."""

import django
from django.core.asgi import get_asgi_application

from pdfjobs_site.database import share_connections
from pdfjobs_site.env import use_settings

use_settings()
django.setup(set_prefix=False)

from django.conf import settings  # noqa: E402 (needs the settings)
from django.db import close_old_connections, connections  # noqa: E402

from jobs.body_limit import BodyLimit  # noqa: E402
from jobs.threads import SharedThreads, Threads  # noqa: E402
from jobs.translations import compile_messages  # noqa: E402

compile_messages()

share_connections(connections.settings["default"], most=settings.DATABASE_POOL, wait_s=settings.DATABASE_WAIT_S)

_threads = Threads(
    most=settings.WEB_THREADS,
    idle_s=settings.WEB_THREAD_IDLE_S,
    before=close_old_connections,  # a connection that broke in one request must not fail another
    after=close_old_connections,  # and one that is shared goes back at once
    at_end=connections.close_all,
)

application = BodyLimit(SharedThreads(get_asgi_application(), _threads))
