"""A client of the API, for programs: needs httpx and nothing else of this project.

    with Client("https://pdf.example.org", token="…") as client:
        job = client.convert("report.pdf", engine="fast", on_progress=lambda job: print(job.pages_done))
        print(client.markdown(job.job_id))

What was uploaded goes on without the client: keep `job.job_id`, and `client.wait(job_id)` takes it up again, also in
another process. Requests that fail for want of the network or because the server is busy are repeated; an upload
carries an Idempotency-Key, so that a repeated one does not make a second job.
"""

import email.utils
import math
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

FINISHED = ("completed", "failed", "cancelled")
_BUSY = (429, 502, 503, 504)
_HOLD_S = 20  # how long the server may hold the answer to a question for progress
_LEAST_PAUSE_S, _LONGEST_PAUSE_S = 0.5, 60.0
_CHUNK_BYTES = 1024 * 1024


class ApiError(Exception):
    """The server refused: `code` is stable, `detail` says what to do, `request_id` finds it in the server's log."""

    def __init__(self, status: int, code: str, detail: str, request_id: str = "") -> None:
        super().__init__(f"{detail} ({code})")
        self.status, self.code, self.detail, self.request_id = status, code, detail, request_id


class Interrupted(Exception):
    """Another thread has called `interrupt`."""


@dataclass(frozen=True)
class Job:
    """A job document. `document` is all of it, as the API describes it."""

    job_id: str
    filename: str
    status: str
    total_pages: int
    processed_pages: int
    pages_failed: int
    failed_pages: list[int]
    warnings: list[str]
    error: str | None
    document: Mapping[str, Any] = field(repr=False, compare=False)

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Self:
        """Raises KeyError for what is no job document."""
        plain = {each.name: document[each.name] for each in fields(cls) if each.name != "document"}
        return cls(**plain, document=document)

    @property
    def is_finished(self) -> bool:
        return self.status in FINISHED

    @property
    def is_whole(self) -> bool:
        """Whether every page was converted."""
        return self.status == "completed" and not self.pages_failed


class Client:
    """url is the server's, token a bearer token (none is needed where the server asks for no login). timeout_s is for
    one request, retries how often one is repeated."""

    def __init__(self, url: str, token: str = "", *, timeout_s: float = 60.0, retries: int = 5) -> None:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._retries = retries
        self._interrupted = threading.Event()
        self._http = httpx.Client(base_url=url.rstrip("/"), headers=headers, timeout=timeout_s)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    def interrupt(self) -> None:
        """From now on every call raises Interrupted, also those that wait in other threads: after their next answer,
        or within seconds, as long as the server may hold it. An upload on its way is finished. No job is cancelled."""
        self._interrupted.set()

    # --- one call each ---

    def upload(self, path: str | Path, **options: str | bool) -> Job:
        """Send a PDF; the job it has become. `options` are those of `POST /api/upload`. Raises ApiError, OSError."""
        key = str(uuid.uuid4())
        form = {name: _written(value) for name, value in options.items()}

        def send() -> httpx.Response:
            with open(path, "rb") as file:
                files = {"file": (Path(path).name, file, "application/pdf")}
                return self._http.post("/api/upload", files=files, data=form, headers={"Idempotency-Key": key})

        return Job.of(self._repeated(send).json())

    def job(self, job_id: str) -> Job:
        return Job.of(self._call("GET", f"/api/jobs/{job_id}").json())

    def jobs(self, **query: str) -> Iterator[Job]:
        """All jobs, the newest first; `query` as for `GET /api/jobs` (status, search, ordering)."""
        number = 1
        while True:
            found = self._call("GET", "/api/jobs", params={**query, "page": str(number)}).json()
            yield from map(Job.of, found["jobs"])
            if not found["next"]:
                return
            number += 1

    def cancel(self, job_id: str) -> Job:
        return Job.of(self._call("POST", f"/api/jobs/{job_id}/cancel").json())

    def retry(self, job_id: str) -> Job:
        return Job.of(self._call("POST", f"/api/jobs/{job_id}/retry").json())

    def keep(self, job_id: str, wanted: bool = True) -> Job:
        return Job.of(self._call("POST", f"/api/jobs/{job_id}/keep", data={"keep": _written(wanted)}).json())

    def delete(self, job_id: str) -> None:
        self._call("DELETE", f"/api/jobs/{job_id}")

    def markdown(self, job_id: str) -> str:
        """The whole result."""
        return self._call("GET", f"/api/jobs/{job_id}/result").text

    def page(self, job_id: str, number: int) -> str:
        """One page's Markdown, as soon as it is made."""
        return self._call("GET", f"/api/jobs/{job_id}/pages/{number}").text

    def save(self, job_id: str, path: str | Path, format: str = "md") -> None:  # noqa: A002 (the API's word)
        """Write the result to a file, piece by piece; the file is there when it is whole. Raises ApiError, OSError."""
        target = Path(path)
        partly = target.with_name(f".{target.name}.{uuid.uuid4().hex[:8]}")
        try:
            self._repeated(lambda: self._streamed(f"/api/jobs/{job_id}/result", {"format": format}, partly))
            partly.replace(target)
        finally:
            partly.unlink(missing_ok=True)

    # --- until it is done ---

    def convert(
        self, path: str | Path, *, on_progress: Callable[[Job], None] | None = None, **options: str | bool
    ) -> Job:
        """Upload and wait; the finished job. Raises ApiError, OSError."""
        return self.wait(self.upload(path, **options).job_id, on_progress=on_progress)

    def wait(
        self, job_id: str, *, on_progress: Callable[[Job], None] | None = None, timeout_s: float | None = None
    ) -> Job:
        """Wait until the job is finished; on_progress gets it at the start and after each change.

        Raises ApiError, and TimeoutError after timeout_s seconds (the job goes on).
        """
        ends = None if timeout_s is None else time.monotonic() + timeout_s
        tag = self._tag(job_id, "", 0)
        while True:
            job = self.job(job_id)
            if on_progress:
                on_progress(job)
            if job.is_finished:
                return job
            tag = self._changed(job_id, tag, ends)

    def _changed(self, job_id: str, tag: str, ends: float | None) -> str:
        """Wait until the job's status has another ETag than `tag`; that one."""
        while True:
            left = _HOLD_S if ends is None else min(_HOLD_S, ends - time.monotonic())
            if left <= 0:
                raise TimeoutError(f"{job_id} is not finished yet; it goes on.")
            asked = time.monotonic()
            new = self._tag(job_id, tag, math.ceil(left))
            # Also where the server can't hold its answer, or things change all the time.
            self._rest(_LEAST_PAUSE_S - (time.monotonic() - asked))
            if new:
                return new

    def _tag(self, job_id: str, known: str, wait_s: int) -> str:
        """The ETag of the job's status; empty while it is `known`."""
        headers = {"If-None-Match": known} if known else {}
        answer = self._call("GET", f"/api/jobs/{job_id}/status", params={"wait": str(wait_s)}, headers=headers)
        return "" if answer.status_code == httpx.codes.NOT_MODIFIED else str(answer.headers.get("ETag", "-"))

    # --- requests ---

    def _call(self, method: str, path: str, **options: Any) -> httpx.Response:
        return self._repeated(lambda: self._http.request(method, path, **options))

    def _streamed(self, path: str, query: Mapping[str, str], target: Path) -> httpx.Response:
        with self._http.stream("GET", path, params=query, follow_redirects=True) as answer:
            if answer.is_success:
                with target.open("wb") as file:
                    for piece in answer.iter_bytes(_CHUNK_BYTES):
                        file.write(piece)
                        self._rest(0)
            else:
                answer.read()
            return answer

    def _repeated(self, send: Callable[[], httpx.Response]) -> httpx.Response:
        """The answer to a request that may be sent again. Raises ApiError, httpx.TransportError, Interrupted."""
        for attempt in range(self._retries + 1):
            self._rest(0)
            last = attempt == self._retries
            try:
                answer = send()
            except httpx.TransportError:
                if last:
                    raise
                self._rest(_pause(attempt))
                continue
            if answer.status_code not in _BUSY or last:
                break
            self._rest(_asked_pause(answer) or _pause(attempt))
        if answer.is_error:
            raise _error(answer)
        return answer

    def _rest(self, seconds: float) -> None:
        """Raises Interrupted, at once when that happens meanwhile."""
        if self._interrupted.wait(max(0.0, seconds)):
            raise Interrupted


def _written(value: str | bool) -> str:
    return value if isinstance(value, str) else str(value).lower()


def _pause(attempt: int) -> float:
    return float(min(_LEAST_PAUSE_S * 2**attempt, _LONGEST_PAUSE_S))


def _asked_pause(answer: httpx.Response) -> float | None:
    """What `Retry-After` (RFC 9110, 10.2.3) asks for, in seconds or as a date; bounded."""
    said = answer.headers.get("Retry-After", "")
    try:
        seconds = float(said) if said.isdigit() else (_date(said) - datetime.now(UTC)).total_seconds()
    except ValueError:
        return None
    return max(_LEAST_PAUSE_S, min(seconds, _LONGEST_PAUSE_S))


def _date(text: str) -> datetime:
    return email.utils.parsedate_to_datetime(text)


def _error(answer: httpx.Response) -> ApiError:
    try:
        problem = answer.json()
        return ApiError(answer.status_code, problem["code"], problem["detail"], problem.get("request_id", ""))
    except (ValueError, KeyError, TypeError):
        return ApiError(answer.status_code, "unclear", f"The server answered {answer.status_code}.")
