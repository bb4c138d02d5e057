"""From a pending vision job to its result, in this process, with a real sandbox and a model that truly reads."""

import time
from collections.abc import Iterator
from threading import Thread
from typing import Any

import pytest
from django.db import connection
from pytest_django import Settings

from jobs import queue, services
from jobs.models import Claim, Job, Page
from jobs.pipeline import claims, driving, wheel
from jobs.pipeline.advance import Turn, advance
from tests import pdfs
from tests.conftest import MakeJob, Work
from tests.engines.fake import text_of
from tests.server import wait_for
from tests.vision_server import VisionServer, vision_server


@pytest.fixture
def model(settings: Settings) -> Iterator[VisionServer]:
    with vision_server() as server:
        settings.VISION_BASE_URL, settings.VISION_MODEL = server.url, "reader-1"
        settings.VISION_API_KEY = "sk-very-secret"
        settings.VISION_CONCURRENCY, settings.VISION_TIMEOUT_S = 3, 20
        yield server


@pytest.fixture
def make_vision_job(make_job: MakeJob) -> MakeJob:
    def make(pages: int = 3, **changes: Any) -> Job:
        return make_job(**{"engine": "vision", "total_pages": pages, "pdf": pdfs.small(pages), **changes})

    return make


def result(job: Job) -> str:
    job.refresh_from_db()
    with job.result.open() as file:
        content: bytes = file.read()
    return content.decode()


def rows(job: Job, *fields: str) -> list[tuple[Any, ...]]:
    return list(job.pages.order_by("number").values_list(*fields))


def test_it_reads_the_pages(model: VisionServer, make_vision_job: MakeJob, work: Work) -> None:
    job = make_vision_job(pages=5)
    work()
    assert result(job) == "".join(f"Page {number}\n\n" for number in range(1, 6))
    assert (job.status, job.pages_done, job.pages_failed, job.warnings) == ("completed", 5, 0, [])
    assert rows(job, "status", "source", "attempts") == [("done", "vision", 1)] * 5
    assert not Claim.objects.exists()


def test_it_sums_the_tokens(model: VisionServer, make_vision_job: MakeJob, work: Work) -> None:
    job = make_vision_job(pages=4)
    work()
    job.refresh_from_db()
    assert (job.prompt_tokens, job.completion_tokens) == (400, 8)


def test_it_keeps_where_the_page_is(model: VisionServer, make_vision_job: MakeJob, work: Work) -> None:
    job = make_vision_job(pages=1)
    work()
    page = job.pages.get()
    assert page.frame == {"width": 200, "height": 80, "turned": 0}
    (block,) = page.blocks
    assert (block["type"], block["text"], block["bbox"]) == ("text", "Page 1", [0, 0, 200, 80])


def test_it_asks_as_the_job_says(model: VisionServer, make_vision_job: MakeJob, work: Work) -> None:
    make_vision_job(pages=1, prompt="<image>\nOnly the number, please.")
    make_vision_job(pages=1)
    work()
    own, preset = model.prompts()
    assert own == "Only the number, please."
    assert "Markdown" in preset
    assert model.bodies[0]["model"] == "reader-1"
    assert set(model.keys) == {"sk-very-secret"}


def test_it_opens_locked_pdfs(model: VisionServer, make_vision_job: MakeJob, work: Work) -> None:
    job = make_vision_job(pages=1, pdf=pdfs.encrypted("key", original=pdfs.small()), password="key")
    work()
    assert result(job) == "Page 1\n\n"


def test_it_does_not_ask_about_a_blank_page(model: VisionServer, make_vision_job: MakeJob, work: Work) -> None:
    job = make_vision_job(pages=1, pdf=pdfs.blank())
    work()
    job.refresh_from_db()
    assert (job.status, job.warnings) == ("completed", ["1 of 1 pages gave no text that could be read: 1."])
    assert rows(job, "source", "warnings") == [("none", ["Page 1 has no text that could be read."])]
    assert model.bodies == []


def test_it_never_has_more_in_flight_than_allowed(model: VisionServer, make_vision_job: MakeJob, work: Work) -> None:
    for pages in (6, 3):
        make_vision_job(pages=pages, prompt="meet:3 slow:0.1")
    work()
    assert len(model.bodies) == 9
    assert model.most_at_once == 3


@pytest.mark.parametrize("trouble", ["busy:2", "error:2", "break:2"])
def test_it_survives_what_passes(model: VisionServer, make_vision_job: MakeJob, work: Work, trouble: str) -> None:
    job = make_vision_job(prompt=f"Read. {trouble}")
    work()
    assert result(job) == "Page 1\n\nPage 2\n\nPage 3\n\n"
    assert len(model.bodies) == 4


@pytest.mark.parametrize(
    ("trouble", "code", "reason"),
    [
        ("hang:2", "timeout", "The vision model took longer than 1 seconds."),
        (
            "limited:2",
            "vision",
            "The vision endpoint answered 429: Too many requests. It was tried again for 1 seconds.",
        ),
        ("refuse:2", "vision", "The vision endpoint answered 400: Bearer … may not do this."),
        ("empty:2", "vision", "The vision model gave an empty answer."),
        ("chatter:2", "vision", "The vision model did nothing but repeat itself."),
    ],
)
def test_it_gives_up_the_bad_page_alone(  # noqa: PLR0917 (three of them are the case)
    model: VisionServer,
    make_vision_job: MakeJob,
    work: Work,
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
    trouble: str,
    code: str,
    reason: str,
) -> None:
    settings.VISION_TIMEOUT_S = 1
    job = make_vision_job(prompt=f"Read. {trouble}")
    work()
    assert rows(job, "status", "error_code", "error")[1] == ("failed", code, reason)
    job.refresh_from_db()
    assert (job.status, job.pages_failed) == ("completed", 1)
    assert "Page 1" in result(job)
    assert "secret" not in caplog.text


def test_it_keeps_what_was_good_before_a_loop(model: VisionServer, make_vision_job: MakeJob, work: Work) -> None:
    job = make_vision_job(prompt="Read. loop:2")
    work()
    assert result(job) == "Page 1\n\nPage 2\n\nAnd so it goes on.\n\nPage 3\n\n"
    assert job.warnings == ["Page 2: the model began to repeat itself; what it wrote before that is kept."]


def test_it_says_that_the_endpoint_can_not_be_reached(make_vision_job: MakeJob, work: Work, settings: Settings) -> None:
    with vision_server() as gone:
        settings.VISION_BASE_URL, settings.VISION_MODEL = gone.url, "reader-1"
    settings.VISION_TIMEOUT_S = 1
    job = make_vision_job(pages=1)
    work()
    job.refresh_from_db()
    assert job.status == "failed"
    assert "The vision endpoint can't be reached" in job.error


def test_it_fails_pages_when_the_endpoint_is_no_longer_set(make_vision_job: MakeJob, work: Work) -> None:
    job = make_vision_job(pages=2)
    work()
    job.refresh_from_db()
    assert job.status == "failed"
    assert "PDFJOBS_VISION_BASE_URL" in job.error


def test_it_fails_pages_that_can_not_be_drawn(model: VisionServer, make_vision_job: MakeJob, work: Work) -> None:
    job = make_vision_job(pages=2)
    job.input.delete(save=False)
    work()
    assert rows(job, "status", "error_code") == [("failed", "engine")] * 2
    assert model.bodies == []


# --- pictures ----------------------------------------------------------------------------------------------------

_GROUNDED = (
    "<|ref|>title<|/ref|><|det|>[[50, 20, 900, 120]]<|/det|>\n# Fruit\n\n"
    "<|ref|>image<|/ref|><|det|>[[100, 300, 900, 900]]<|/det|>\n\n"
    "<|ref|>image_caption<|/ref|><|det|>[[100, 910, 900, 950]]<|/det|>\nAn apple.\n"
)


def test_it_cuts_pictures_where_the_model_saw_them(
    model: VisionServer, make_vision_job: MakeJob, work: Work, settings: Settings
) -> None:
    settings.VISION_MODEL, model.answer = "deepseek-ai/DeepSeek-OCR", _GROUNDED
    job = make_vision_job(pages=1, pdf=pdfs.pages(1, "x " * 2000), options={"images": True})
    work()
    assert result(job) == "# Fruit\n\n![An apple.](images/page-00001-01.png)\n\nAn apple.\n\n"
    assert [block["type"] for block in job.pages.get().blocks] == ["heading", "picture", "caption"]
    assert job.pages.get().blocks[1]["image"] == "page-00001-01.png"
    assert [picture.name for picture in job.pictures.all()] == ["page-00001-01.png"]


def test_it_leaves_pictures_out_where_nobody_wants_them(
    model: VisionServer, make_vision_job: MakeJob, work: Work, settings: Settings
) -> None:
    settings.VISION_MODEL, model.answer = "deepseek-ai/DeepSeek-OCR", _GROUNDED
    job = make_vision_job(pages=1)
    work()
    assert result(job) == "# Fruit\n\nAn apple.\n\n"


# --- beside others -----------------------------------------------------------------------------------------------


def test_it_passes_over_vision_jobs_while_somebody_drives(
    model: VisionServer, make_vision_job: MakeJob, make_job: MakeJob, work: Work
) -> None:
    vision = make_vision_job()
    other = make_job()
    with wheel.tried() as is_ours:
        assert is_ours
        work()
    assert result(other) == "".join(f"{text_of(number)}\n\n" for number in (1, 2, 3))
    assert rows(vision, "status") == [("pending",)] * 3
    work()
    assert rows(vision, "status") == [("done",)] * 3


def test_it_lets_anyone_assemble_what_the_model_has_read(make_vision_job: MakeJob, work: Work) -> None:
    job = make_vision_job(status="processing", pages_done=3)
    with wheel.tried():
        assert advance() == Turn.FINISHED
    job.refresh_from_db()
    assert job.status == "completed"


def test_it_keeps_nobody_from_the_wheel_where_nothing_can_be_driven(settings: Settings) -> None:
    settings.VISION_BASE_URL = ""
    with wheel.tried() as ours, wheel.tried() as theirs:
        assert (ours, theirs) == (True, True)


def test_it_takes_one_page_with_each_claim(make_vision_job: MakeJob) -> None:
    job = make_vision_job(status="processing", total_pages=50, seconds_per_page=0.01)
    for number in (1, 2):
        claim = claims.claim_next()
        assert claim is not None
        assert [page.number for page in claim.pages.all()] == [number]
    assert job.claims.count() == 2


def _when(condition: Any, act: Any) -> Thread:
    """Runs `act` in a thread, once `condition` is true."""

    def run() -> None:
        try:
            wait_for(condition, 20)
            act()
        finally:
            connection.close()

    thread = Thread(target=run)
    thread.start()
    return thread


@pytest.mark.django_db(transaction=True)
def test_it_drops_the_pages_of_a_cancelled_job(
    model: VisionServer, make_vision_job: MakeJob, work: Work, settings: Settings
) -> None:
    settings.HEARTBEAT_SECONDS = 0.2
    job = make_vision_job(pages=8, prompt="hang:*")
    thread = _when(lambda: model.at_once == 3, lambda: services.cancel(Job.objects.get(pk=job.pk)))
    work()
    thread.join()
    job.refresh_from_db()
    assert (job.status, job.pages_done) == ("cancelled", 0)
    assert rows(job, "status") == [("pending",)] * 8
    wait_for(lambda: model.at_once == 0, 10)
    assert len(model.bodies) == 3


@pytest.mark.django_db(transaction=True)
def test_it_gives_pages_back_uncounted_when_it_has_to_stop(
    model: VisionServer, make_vision_job: MakeJob, settings: Settings
) -> None:
    settings.DRAIN_SECONDS = 0.2
    job = make_vision_job(pages=5, prompt="hang:*")
    thread = _when(lambda: model.at_once == 3, lambda: setattr(queue._draining, "value", time.monotonic()))
    try:
        advance()
    finally:
        thread.join()
        queue._draining.value = 0
    assert rows(job, "status", "attempts") == [("pending", 0)] * 5
    assert not Claim.objects.exists()
    wait_for(lambda: model.at_once == 0, 10)


def test_it_stops_taking_pages_in_time(model: VisionServer, make_vision_job: MakeJob, settings: Settings) -> None:
    settings.DRIVE_SECONDS = 0
    job = make_vision_job(pages=5)
    claim = claims.claim_next()
    assert claim is not None
    assert driving.drive(claim) == (False, False)
    assert [status for (status,) in rows(job, "status")].count("done") == 1
    assert not Page.objects.filter(status="processing").exists()


def test_it_stops_when_the_machine_is_at_fault(
    model: VisionServer, make_vision_job: MakeJob, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.SANDBOX_ENVIRONMENT = {"PATH": "/nowhere", "PYTHONHOME": "/nowhere"}
    job = make_vision_job(pages=2)
    claim = claims.claim_next()
    assert claim is not None
    assert driving.drive(claim).in_trouble
    assert rows(job, "status", "attempts") == [("pending", 0)] * 2
    assert "given back" in caplog.text
