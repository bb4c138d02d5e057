"""Pictures on their way from the sandbox into the job's folder and its rows."""

import errno
from base64 import b64encode
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage
from pytest_django import Settings

from jobs import archive, services, storage
from jobs.engines.pictures import BadPicture, Checked, checked, linked, renamed
from jobs.models import Claim, Job, Page, Picture
from jobs.pipeline import assembly, claims, pictures
from jobs.pipeline.advance import advance
from jobs.pipeline.outcome import LeaseLost
from jobs.pipeline.saving import save_done
from tests import pdfs
from tests.conftest import MakeJob, StoredFiles, Work
from tests.engines.fake import png

Answer = Callable[..., dict[str, Any]]


def sent(name: str, data: bytes) -> dict[str, Any]:
    return {"name": name, "data": b64encode(data).decode(), "width": 1, "height": 1}


@pytest.fixture
def answer() -> Answer:
    """`answer(number, *files)` is what a sandbox says of a page with these pictures."""

    def made(number: int, *files: bytes) -> dict[str, Any]:
        names = [f"page-{number:05d}-{count:02d}.png" for count in range(1, len(files) + 1)]
        text = "\n\n".join(f"![](images/{name})" for name in names)
        blocks = [
            {"type": "picture", "text": "", "bbox": [0, 0, 1, 1], "at": 0, "to": 1, "image": name} for name in names
        ]
        return {
            "text": text,
            "source": "text",
            "seams": {},
            "blocks": blocks,
            "frame": {},
            "warnings": [],
            "usage": {},
            "seconds": 0.1,
            "pictures": list(map(sent, names, files)),
        }

    return made


def images(stored_files: StoredFiles) -> list[str]:
    return [path.rpartition("/")[2] for path in stored_files() if "/images/" in path]


def names() -> list[str]:
    return list(Picture.objects.values_list("name", flat=True))


def claimed() -> tuple[Claim, Page]:
    claim = claims.claim_next()
    assert claim is not None
    return claim, claim.pages.order_by("number")[0]


# --- what is taken -----------------------------------------------------------------------------------------------


def test_it_takes_pictures_of_the_page() -> None:
    (found,) = checked([sent("page-00007-02.png", png(3))], 7)
    assert (found.name, found.data, len(found.digest)) == ("page-00007-02.png", png(3), 64)


@pytest.mark.parametrize(
    "name",
    ["page-00008-01.png", "../result.md", "page-00007-00.png", "page-00007-01.svg", "page-00007-100.png", "", None, []],
)
def test_it_takes_no_name_but_the_pages_own(name: Any) -> None:
    with pytest.raises(BadPicture):
        checked([sent(name, png(3))], 7)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GIF89a",
        b"<svg/>",
        png(3)[:-1],
        png(3)[:40],
        png(3) + b"<script>",
        png(3)[:12] + b"IDAT" + png(3)[16:],
        png(3)[:16] + b"\xff" * 8 + png(3)[24:],
        png(3)[:16] + bytes(8) + png(3)[24:],
    ],
)
def test_it_takes_nothing_but_png(data: bytes) -> None:
    with pytest.raises(BadPicture):
        checked([sent("page-00001-01.png", data)], 1)


@pytest.mark.parametrize("told", [None, [1], ["x"], [{}], {"name": "x"}, [{"name": "page-00001-01.png", "data": "%%"}]])
def test_it_takes_nothing_that_is_no_picture(told: Any) -> None:
    with pytest.raises(BadPicture):
        checked(told, 1)


def test_it_takes_a_name_once_and_no_giants() -> None:
    with pytest.raises(BadPicture):
        checked([sent("page-00001-01.png", png(3)), sent("page-00001-01.png", png(4))], 1)
    with pytest.raises(BadPicture):
        checked([{"name": "page-00001-01.png", "data": "A" * (24 * 1024 * 1024)}], 1)


def test_it_renames_links_and_nothing_else() -> None:
    text = "page-00002-01.png ![a](images/page-00002-01.png) [b](images/page-00002-02.png)"
    assert linked(text) == {"page-00002-01.png", "page-00002-02.png"}
    assert renamed(text, {"page-00002-01.png": "page-00001-01.png"}) == (
        "page-00002-01.png ![a](images/page-00001-01.png) [b](images/page-00002-02.png)"
    )


# --- how they are stored -----------------------------------------------------------------------------------------


def test_it_stores_pictures_with_their_pages(make_job: MakeJob, work: Work, stored_files: StoredFiles) -> None:
    job = make_job(total_pages=3, prompt="photo:1,3")
    work()
    job.refresh_from_db()
    assert job.status == "completed"
    assert images(stored_files) == names() == ["page-00001-01.png", "page-00003-01.png"]
    assert storage.read(storage.picture_path(job.job_id, "page-00003-01.png")) == png(3)
    assert job.stored_bytes == storage.bytes_of(job.job_id)


def test_it_stores_equal_pictures_once(make_job: MakeJob, work: Work, stored_files: StoredFiles) -> None:
    job = make_job(total_pages=3, prompt="photo:2 logo:1,2,3")
    work()
    assert images(stored_files) == names() == ["page-00001-01.png", "page-00002-01.png"]
    second, third = job.pages.filter(number__gt=1).order_by("number")
    assert linked(second.markdown) == {"page-00002-01.png", "page-00001-01.png"}
    assert linked(third.markdown) == {"page-00001-01.png"}
    assert [block["image"] for block in second.blocks] == ["page-00002-01.png", "page-00001-01.png"]
    for block in second.blocks:
        assert second.markdown[block["at"] : block["to"]].endswith(f"(images/{block['image']})")


def test_it_counts_what_it_stores(make_job: MakeJob, answer: Answer) -> None:
    job = make_job(total_pages=2)
    before = job.stored_bytes
    for _ in range(2):
        claim, page = claimed()
        save_done(claim, page, answer(page.number, png(5), png(6), png(5)), goes_on=False)
    job.refresh_from_db()
    assert (
        job.stored_bytes - before == len(png(5)) + len(png(6)) == sum(Picture.objects.values_list("bytes", flat=True))
    )


def test_it_gives_up_a_page_whose_picture_is_none(make_job: MakeJob, work: Work, stored_files: StoredFiles) -> None:
    job = make_job(total_pages=3, prompt="photo:1 forged:2")
    work()
    job.refresh_from_db()
    assert (job.status, job.pages_failed) == ("completed", 1)
    assert job.pages.get(number=2).error == "A picture of the page can't be used."
    assert images(stored_files) == names() == ["page-00001-01.png"]


# --- what goes wrong in between ----------------------------------------------------------------------------------


def test_it_agrees_with_a_worker_that_stores_the_same_at_once(
    make_job: MakeJob, answer: Answer, stored_files: StoredFiles
) -> None:
    """Both look, both write their files; the row of one of them is first."""
    job = make_job(total_pages=2)
    (first, one), (second, two) = claimed(), claimed()
    pictures.write(first, checked(answer(one.number, png(5))["pictures"], one.number))
    pictures.write(second, checked(answer(two.number, png(5))["pictures"], two.number))
    assert images(stored_files) == ["page-00001-01.png", "page-00002-01.png"]
    save_done(second, two, answer(two.number, png(5)), goes_on=False)
    save_done(first, one, answer(one.number, png(5)), goes_on=False)
    assert images(stored_files) == names() == ["page-00002-01.png"]
    assert {name for page in job.pages.all() for name in linked(page.markdown)} == {"page-00002-01.png"}


def test_it_stores_a_row_once_whoever_is_first(make_job: MakeJob) -> None:
    job = make_job()
    mine, other = (Checked(name, png(5), "d" * 64) for name in ("page-00001-01.png", "page-00002-01.png"))
    assert pictures.note(job.pk, [other]) == {}
    assert pictures.note(job.pk, [mine]) == {mine.name: other.name}
    assert pictures.note(job.pk, [other]) == {}
    assert names() == [other.name]


def test_it_writes_over_what_a_death_left(make_job: MakeJob, answer: Answer, stored_files: StoredFiles) -> None:
    job = make_job(total_pages=1)
    claim, page = claimed()
    pictures.write(claim, checked(answer(1, png(5), png(6))["pictures"], 1))  # and here it dies
    claims.give_back(claim)
    claim, page = claimed()
    save_done(claim, page, answer(1, png(7)), goes_on=False)
    assert storage.read(storage.picture_path(job.job_id, "page-00001-01.png")) == png(7)
    result = claims.claim_result(job.pk)
    assert result is not None
    assembly.assemble(result)
    assert images(stored_files) == names() == ["page-00001-01.png"]
    job.refresh_from_db()
    assert job.stored_bytes == storage.bytes_of(job.job_id)


def test_it_writes_nothing_once_the_claim_is_lost(make_job: MakeJob, answer: Answer, stored_files: StoredFiles) -> None:
    make_job(total_pages=1)
    claim, page = claimed()
    claims.give_back(claim)
    with pytest.raises(LeaseLost):
        save_done(claim, page, answer(1, png(5)), goes_on=False)
    assert images(stored_files) == names() == []


def test_it_leaves_no_folder_of_a_job_that_is_deleted_meanwhile(
    make_job: MakeJob, answer: Answer, stored_files: StoredFiles
) -> None:
    job = make_job(total_pages=1)
    claim, page = claimed()
    pictures.write(claim, checked(answer(1, png(5))["pictures"], 1))
    services.delete(job)
    storage.write_whole(storage.picture_path(job.job_id, "page-00001-01.png"), png(5))  # was just being written
    with pytest.raises(LeaseLost):
        save_done(claim, page, answer(1, png(5)), goes_on=False)
    assert stored_files() == []


class FullStorage(FileSystemStorage):
    """Has no room for pictures while `full`."""

    full = True

    def _save(self, name: str, content: Any) -> str:
        if self.full and name.endswith(".png"):
            raise OSError(errno.ENOSPC, "No space left on device")
        saved: str = super()._save(name, content)  # type: ignore[misc]
        return saved


@pytest.mark.without("s3")
def test_it_waits_for_room(
    make_job: MakeJob,
    work: Work,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    stored_files: StoredFiles,
) -> None:
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": "tests.unit.test_pictures.FullStorage"}}
    job = make_job(total_pages=2, prompt="photo:2")
    for _ in range(8):
        advance()
    stuck = Job.objects.get(pk=job.pk)
    assert (stuck.status, stuck.pages_done, stuck.pages_failed) == ("processing", 1, 0)
    assert job.pages.get(number=2).attempts == 0
    monkeypatch.setattr(FullStorage, "full", False)
    work()
    assert Job.objects.get(pk=job.pk).status == "completed"
    assert images(stored_files) == names() == ["page-00002-01.png"]


# --- what becomes of them ----------------------------------------------------------------------------------------


def test_it_keeps_the_pictures_of_finished_pages_at_a_retry(
    make_job: MakeJob, work: Work, stored_files: StoredFiles, settings: Settings
) -> None:
    settings.RANGE_SECONDS = 0
    job = make_job(total_pages=2, prompt="logo:1,2")
    advance()
    services.retry(services.cancel(job))
    work()
    assert Job.objects.get(pk=job.pk).status == "completed"
    assert images(stored_files) == names() == ["page-00001-01.png"]


@pytest.mark.parametrize("how", ["delete", "purge"])
def test_it_takes_them_away_with_the_job(
    make_job: MakeJob, work: Work, stored_files: StoredFiles, settings: Settings, how: str
) -> None:
    job = make_job(total_pages=2, prompt="photo:1,2")
    work()
    if how == "delete":
        services.delete(job)
    else:
        settings.MAX_JOBS = 0
        services.purge()
    assert (stored_files(), names()) == ([], [])


def test_it_restores_them(make_job: MakeJob, work: Work) -> None:
    job = make_job(total_pages=3, prompt="photo:2 logo:1,3")
    work()
    before = list(Picture.objects.values_list("name", "digest", "bytes"))
    Job.objects.all().delete()
    storage.write_whole(storage.picture_path(job.job_id, "page-00009-01.png"), png(9))  # nobody links to it
    assert services.restore().restored == [job.job_id]
    assert list(Picture.objects.values_list("name", "digest", "bytes")) == before
    assert archive.read_metadata(job.job_id) is not None


# --- from end to end ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ["layout", "auto"])
def test_it_cuts_and_stores_with_a_real_engine(
    make_job: MakeJob, work: Work, stored_files: StoredFiles, engine: str
) -> None:
    job = make_job(pdf=pdfs.illustrated(2), numbers=[1, 2], engine=engine, options={"images": True})
    work()
    job.refresh_from_db()
    assert (job.status, job.pages_failed, job.warnings) == ("completed", 0, [])
    # Photo and drawing are equal on both pages.
    assert images(stored_files) == names() == ["page-00001-01.png", "page-00001-02.png"]
    result = storage.read(job.result.name or "").decode()
    assert result.count("![Figure 1: A photo of stripes](images/page-00001-01.png)") == 1
    assert result.count("![Figure 2: A photo of stripes](images/page-00001-01.png)") == 1
    assert result.count("(images/page-00001-02.png)") == 2
    assert linked(result) == set(names())
    for page in job.pages.all():
        told = [block["image"] for block in page.blocks if block["type"] == "picture"]
        assert told == ["page-00001-01.png", "page-00001-02.png"]
        assert page.frame == {"width": 595.0, "height": 842.0, "turned": 0.0}
