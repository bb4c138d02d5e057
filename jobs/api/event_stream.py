"""A job's snapshots as server-sent events (HTML Living Standard, section "Server-sent events")."""

import json
import random
import time
from collections.abc import AsyncIterator

from django.utils.translation import override

from jobs.progress import Snapshot
from jobs.sayings import told_text
from jobs.watching import watcher

MEDIA_TYPE = "text/event-stream"

_COME_BACK_MS = 2000
_KEEP_ALIVE_S = 15.0
# Then the client comes back, is asked again who it is, and may be sent to another process.
_SHORTEST_S, _LONGEST_S = 50.0, 60.0


async def events(
    key: int, first: Snapshot, known: str, job_id: str, language: str | None = None
) -> AsyncIterator[bytes]:
    """`status` with each new snapshot, and at last `finished` with the last one, or `gone` when the job is deleted.

    first is what the caller has read of the job with that key, known the etag of what the client has already, language
    that of the client. Ends without either after about a minute, or when the server stops.
    """
    yield b"retry: %d\n\n" % _COME_BACK_MS
    ends_at = time.monotonic() + random.uniform(_SHORTEST_S, _LONGEST_S)  # noqa: S311 (not all shall come back at once)
    with watcher().watching(key, first) as watch:
        while not watch.is_gone:
            latest = watch.latest
            if latest.etag != known:
                known = latest.etag
                yield _event("finished" if latest.is_terminal else "status", _said(latest, language), latest.etag)
            left = ends_at - time.monotonic()
            if latest.is_terminal or watch.is_over or left <= 0:
                return
            if not await watch.differs_from(known, min(left, _KEEP_ALIVE_S)):
                yield b": still there\n\n"
    yield _event("gone", json.dumps({"job_id": job_id}))


def _said(latest: Snapshot, language: str | None) -> str:
    with override(language):
        return told_text(latest.text)


def _event(name: str, data: str, key: str | None = None) -> bytes:
    """`data` is one line."""
    lines = [f"id: {key}"] if key else []
    return "\n".join([*lines, f"event: {name}", f"data: {data}", "\n"]).encode()
