"""The database that DATABASE_URL names, with limits on how long it is waited for."""

from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

_HINT = "Write it like postgres://user:password@host:5432/name, or leave it out."
_POSTGRES = "django.db.backends.postgresql"
_MAX_AGE_S = 600
# What a connection has asked five times is planned once: pages are saved by the same few statements all day.
_PREPARED = {"server_side_binding": True, "prepare_threshold": 5}
# A server that is cut off without a word is noticed within a minute (options of libpq; times in seconds).
_KEEPALIVES = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}


def database(url: str, wait_s: int) -> dict[str, Any]:
    """Django's settings for the database at `url`. Raises ImproperlyConfigured, which does not repeat its password."""
    try:
        found: dict[str, Any] = dict(dj_database_url.parse(url, conn_max_age=_MAX_AGE_S, conn_health_checks=True))
    except ValueError as error:
        raise ImproperlyConfigured(f"DATABASE_URL can't be read. {_HINT}") from error
    if not found["NAME"]:
        raise ImproperlyConfigured(f"DATABASE_URL names no database. {_HINT}")
    if found["ENGINE"] == _POSTGRES:
        options: dict[str, Any] = found.get("OPTIONS") or {}
        found["OPTIONS"] = {"connect_timeout": wait_s, **_PREPARED, **_KEEPALIVES, **options}
    return found


def share_connections(settings: dict[str, Any], *, most: int, wait_s: int) -> None:
    """Have the threads of this process share `most` connections instead of keeping one each; PostgreSQL only.

    Who gets none within wait_s seconds gets an OperationalError.
    """
    if settings["ENGINE"] != _POSTGRES:
        return
    settings["CONN_MAX_AGE"] = 0  # it goes back to the others after each use
    settings["OPTIONS"] = {**settings["OPTIONS"], "pool": {"min_size": 1, "max_size": most, "timeout": wait_s}}
