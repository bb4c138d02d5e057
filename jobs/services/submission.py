"""Submit: from an uploaded file to a job that waits its turn."""

import hashlib
import os
import re
import unicodedata
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.core.files.uploadedfile import TemporaryUploadedFile
from django.db import transaction
from django.utils import timezone

from jobs import queue, storage
from jobs.engines.answers import storable
from jobs.engines.page_ranges import page_numbers
from jobs.errors import EmptyFile, TooLarge, UnreadablePdf
from jobs.limits import MIB, limits
from jobs.models import Event, Job, Page
from jobs.models.event import note
from jobs.services.admission import check_disk, check_limits, check_share
from jobs.services.engine_choice import choose_engine
from jobs.services.inspection import Inspected, inspect
from jobs.services.reuse import adopt_pages, copy_pictures, twin_of
from jobs.webhooks.guard import check_reachable

if TYPE_CHECKING:
    from django.contrib.auth.models import User

_STEM_CHARACTERS = 60
_LABEL_CHARACTERS = 40


@dataclass(frozen=True)
class Options:
    """How to convert.

    pages is a range like "1-3,7", empty for all; page_breaks marks in the result where pages begin; images cuts
    pictures out. ocr is auto, always or never, ocr_language what `languages.codes` reads ("deu+eng"), page_furniture
    drop or keep: running headers, footers and page numbers.
    """

    pages: str = ""
    page_breaks: bool = False
    images: bool = False
    ocr: str = "auto"
    ocr_language: str = ""
    page_furniture: str = "drop"


def submit(
    *,
    owner: "User | None",
    file: TemporaryUploadedFile,
    options: Options,
    engine: str | None = None,
    prompt: str = "",
    password: str = "",
    client_ref: str = "",
    callback_url: str = "",
    reuse: bool = True,
    sha256: str = "",
    and_then: Callable[[Job], None] | None = None,
) -> Job:
    """Take the uploaded PDF in as a pending job. Raises a Problem, and leaves neither row nor file then.

    engine is None where nobody named one. With `reuse` it gets the pages of an earlier job of the same owner that was
    asked for the same. `sha256` is the file's, if it is known; `and_then` is called in the transaction that makes the
    job, which fails with it.
    """
    choice = choose_engine(engine, prompt)
    size = _checked_size(file)
    check_limits(size)
    check_disk(0)  # the file is on that disk already
    if callback_url:
        check_reachable(callback_url)
    inspected = inspect(file.temporary_file_path(), password)
    numbers = page_numbers(options.pages, inspected.page_count)
    _check_length(numbers, inspected)
    filename = file.name or "document.pdf"
    job = Job(
        job_id=new_job_id(filename, timezone.now()),
        owner=owner,
        filename=filename,
        client_ref=client_ref,
        callback_url=callback_url,
        input_bytes=size,
        input_sha256=sha256 or sha256_of(file),
        stored_bytes=size,
        engine=choice.engine,
        engine_version=choice.version,
        prompt=prompt,
        options=asdict(options),
        password=password,
        total_pages=len(numbers),
        warnings=[*_warnings(inspected), *choice.warnings],
    )
    twin = twin_of(job) if reuse else None
    try:
        job.input.save("input.pdf", file, save=False)
        if twin and not copy_pictures(twin, job):
            twin = None
        pages = [Page(job=job, number=number, label=_label(inspected, number)) for number in numbers]
        with transaction.atomic():
            check_share(owner, size, 0 if twin else job.total_pages)
            _create(job, pages, twin)
            if and_then:
                and_then(job)
    except BaseException:
        storage.discard_folder(job.job_id)
        raise
    return job


def new_job_id(filename: str, at: datetime) -> str:
    """`{sanitized_filename}_{YYYYMMDD}_{HHMMSS}_{8 hex of a uuid4}`: fit for addresses, folders and shells."""
    stem, extension = os.path.splitext(filename)
    words = _plain(stem)[:_STEM_CHARACTERS].strip("_") or "document"
    kind = _plain(extension)[:8] or "pdf"
    return f"{words}_{kind}_{at:%Y%m%d_%H%M%S}_{uuid.uuid4().hex[:8]}"


def _plain(text: str) -> str:
    """Lower-case ASCII letters and digits; underscores for the rest."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "_", ascii_text).strip("_")


def sha256_of(file: TemporaryUploadedFile) -> str:
    """The digest of an uploaded file's content."""
    with open(file.temporary_file_path(), "rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _create(job: Job, pages: list[Page], twin: Job | None) -> None:
    job.save()
    note(job.pk, Event.Kind.QUEUED)
    if not (twin and adopt_pages(twin, job)):
        Page.objects.bulk_create(pages, batch_size=1000)
    queue.nudge(job.total_pages + 1)


def _label(inspected: Inspected, number: int) -> str:
    """The printed number of page `number`, where it is another one."""
    label = inspected.labels[number - 1][:_LABEL_CHARACTERS] if inspected.labels else ""
    return "" if label == str(number) else str(storable(label))


def _checked_size(file: TemporaryUploadedFile) -> int:
    if not file.size:
        raise EmptyFile("The file has no content. Choose the file again.")
    if file.size > limits().upload_bytes:
        raise TooLarge(too_large_detail(file.size))
    return file.size


def too_large_detail(size: int) -> str:
    """The sentence for an upload of `size` bytes that is over the limit."""
    allowed = limits().upload_bytes // MIB
    return f"The upload has {size / MIB:.0f} MB, at most {allowed} MB are taken. Split the PDF, or ask the operator."


def _check_length(numbers: list[int], inspected: Inspected) -> None:
    most = limits().pages
    if len(numbers) > most:
        raise UnreadablePdf(
            f"{len(numbers)} of the PDF's {inspected.page_count} pages are asked for, at most {most} are converted in "
            f'one job. Send it in parts, the first with pages set to "1-{most}".',
            code="too_many_pages",
        )


def _warnings(inspected: Inspected) -> list[str]:
    return ["The PDF is damaged; what could be repaired is converted."] if inspected.repaired else []
