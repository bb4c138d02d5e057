"""How far a job is, for those who follow it: asked again and again, asked once and held, or as a stream of events."""

import re
import time
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.utils.http import parse_etags, quote_etag
from django.utils.translation import get_language
from rest_framework.request import Request

from jobs import services
from jobs.api.asynchronous import AsyncView
from jobs.api.event_stream import MEDIA_TYPE, events
from jobs.api.throttling import PollThrottle
from jobs.errors import BadOption, JobNotFound
from jobs.models import Job
from jobs.progress import Snapshot, snapshot
from jobs.sayings import told_text
from jobs.watching import watcher

_LONGEST_WAIT_S = 30
_NO_JOB = "There is no job with this id, or it is not yours."


class FollowingView(AsyncView):
    """Has read `job`, which is there for the one who asks, and `first`, how far it is."""

    throttle_classes = (PollThrottle,)

    job: Job
    first: Snapshot

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        read_at = time.monotonic()
        try:
            self.job = Job.objects.visible_to(request.user).progress_only().get(job_id=kwargs["job_id"])
        except Job.DoesNotExist:
            raise JobNotFound(_NO_JOB) from None
        self.first = snapshot(self.job, read_at)
        services.note_access(self.job)


class StatusView(FollowingView):
    """`GET /api/jobs/{job_id}/status`: how far a job is. `?wait=N` holds the answer until that changes, N seconds at
    most; with `If-None-Match` until it is something else than the client has."""

    async def get(self, request: Request, job_id: str) -> HttpResponse:
        wait_s = _wait_s(request.query_params.get("wait", "0"))
        known = _known(request)
        latest = self.first
        if wait_s and (latest.etag in known if known else not latest.is_terminal):
            latest = await self._later(wait_s)
        headers = {"Cache-Control": "private, no-cache", "ETag": quote_etag(latest.etag)}
        if latest.etag in known or "*" in known:
            return HttpResponse(status=304, headers=headers)
        return HttpResponse(told_text(latest.text), content_type="application/json", headers=headers)

    async def _later(self, wait_s: int) -> Snapshot:
        watcher().check_room()
        with watcher().watching(self.job.pk, self.first) as watch:
            await watch.differs_from(self.first.etag, wait_s)
            if watch.is_gone:
                raise JobNotFound(_NO_JOB)
            return watch.latest


class EventsView(FollowingView):
    """`GET /api/jobs/{job_id}/events`: the same as a stream of server-sent events. `Last-Event-ID` goes on where one
    broke off; 204 tells a browser that nothing more will come."""

    async def get(self, request: Request, job_id: str) -> HttpResponse | StreamingHttpResponse:
        watcher().check_room()
        known = request.headers.get("Last-Event-ID", "")
        if self.first.is_terminal and known == self.first.etag:
            return HttpResponse(status=204)
        # X-Accel-Buffering is nginx's: it must not wait for more.
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        if request.method == "HEAD":
            return HttpResponse(content_type=MEDIA_TYPE, headers=headers)
        stream = events(self.job.pk, self.first, known, job_id, get_language())
        return StreamingHttpResponse(stream, content_type=MEDIA_TYPE, headers=headers)


def _wait_s(text: str) -> int:
    if not re.fullmatch("[0-9]{1,2}", text) or int(text) > _LONGEST_WAIT_S:
        raise BadOption(f"`wait` is a whole number of seconds from 0 to {_LONGEST_WAIT_S}.")
    return int(text)


def _known(request: Request) -> set[str]:
    """The etags that the client has, without quotes. Proxies that compress make strong ones weak."""
    given = parse_etags(request.headers.get("If-None-Match", ""))
    return {etag.removeprefix("W/").strip('"') for etag in given}
