"""Bringing the database up to date, also when several machines start at once."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import call_command
from django.db import connections

# Any number, as long as all machines use the same one and nobody else on the database does.
_LOCK = 0x70646A6F6273


def migrate() -> None:
    """Apply the migrations that are missing. Of several machines one does it, and the others wait until it is done."""
    with _alone():
        call_command("migrate", verbosity=0, interactive=False)


@contextmanager
def _alone() -> Iterator[None]:
    """Wait for our turn, on a connection of its own: the lock goes with its transaction, whatever happens to us.

    SQLite is one machine's, where the lock on the data folder does the same.
    """
    connection = connections.create_connection("default")
    if connection.vendor != "postgresql":
        yield
        return
    try:
        connection.set_autocommit(False)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
            yield
    finally:
        connection.close()
