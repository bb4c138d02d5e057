"""The database's clock. What machines compare with each other is measured by it, whatever their own clocks say."""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import functions
from django.db.models.expressions import CombinedExpression
from django.utils import timezone


class Now(functions.Now):
    """The moment of the statement, as an expression: `lease_until__lt=Now()`."""

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """SQLite's own has no more than milliseconds, and two claims may follow each other faster. It runs in this
        process, so its clock is ours."""
        return "%s", (connection.ops.adapt_datetimefield_value(timezone.now()),)


def later(span: timedelta) -> CombinedExpression:
    """The moment `span` after the statement's."""
    return Now() + span


def earlier(span: timedelta) -> CombinedExpression:
    """The moment `span` before the statement's."""
    return Now() - span


def read() -> datetime:
    """What the database's clock shows; costs a query where the database is another machine."""
    if connection.vendor == "sqlite":
        return timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        moment: datetime = cursor.fetchone()[0]
        return moment
