"""The web application, behind a guard that refuses too large a body before it is received."""

import django
from django.core.asgi import get_asgi_application

from pdfjobs_site.env import use_settings

use_settings()
django.setup(set_prefix=False)

from jobs.body_limit import BodyLimit  # noqa: E402 (needs the settings)
from jobs.translations import compile_messages  # noqa: E402

compile_messages()

application = BodyLimit(get_asgi_application())
