"""The picture of a page of an uploaded PDF, drawn when somebody looks at it."""

import base64
import os
from dataclasses import dataclass

from jobs.engines.sandbox import SandboxFailure
from jobs.errors import FilesLost, PageNotDrawn
from jobs.input_cache import InputLost, local_path
from jobs.limits import limits
from jobs.models import Job
from jobs.services.lifecycle import note_access, purged
from jobs.services.side_sandboxes import SideSandboxes

_TIMEOUT_S = 20
_WAITING = 30

_REFUSALS = {
    "locked": "The PDF is locked. Its password was forgotten when the conversion was through, so its pages can't be "
    "shown.",
    "broken_pdf": "The PDF can't be opened any more.",
    "no_page": "The PDF has no such page.",
}

# Sandboxes of its own: an upload never waits behind those who leaf through a document.
_sandboxes = SideSandboxes("draw", waiting=_WAITING)


@dataclass(frozen=True)
class PageImage:
    """`content` is a PNG or JPEG, as `content_type` says."""

    content: bytes
    content_type: str


def page_image(job: Job, number: int, width: int) -> PageImage:
    """Page `number` (1-based) of the job's PDF, `width` pixels wide.

    Raises Purged, FilesLost, PageNotDrawn, and Unavailable when too many want one at once.
    """
    note_access(job)
    try:
        answer = _answer(job, number, width)
    except SandboxFailure as failure:
        raise PageNotDrawn(f"Page {number} can't be drawn safely. {failure.reason}") from failure
    if refusal := answer.get("refusal"):
        raise PageNotDrawn(_REFUSALS[str(refusal)], code="locked" if refusal == "locked" else None)
    return PageImage(base64.b64decode(str(answer["image"])), str(answer["type"]))


def _answer(job: Job, number: int, width: int) -> dict[str, object]:
    try:
        with local_path(job) as path:
            if not os.path.exists(path):
                raise FileNotFoundError(path)
            request = {"path": path, "password": job.password, "number": number, "width": width}
            return _sandboxes.ask(request, timeout_s=min(_TIMEOUT_S, limits().page_seconds))
    except (FileNotFoundError, InputLost) as error:
        job.refresh_from_db()
        raise (
            purged(job)
            if job.is_purged
            else FilesLost("The PDF is not in the storage any more. Tell the operator, and upload it again.")
        ) from error
