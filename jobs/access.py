"""One line and one count for each answered request."""

import logging

from jobs import metrics

logger = logging.getLogger(__name__)


def note(method: str, route: str, status: int, seconds: float) -> None:
    """Note an answer that began after so many seconds; `route` is the address's pattern, nothing that was asked for."""
    metrics.count_request(method, route, status, seconds)
    ms = round(seconds * 1000, 1)
    extra = {"method": method, "route": route, "status": status, "ms": ms}
    logger.info("%s %s %d %s ms", method, route, status, ms, extra=extra)
