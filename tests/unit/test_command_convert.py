"""`manage.py convert` without its workers: which files, which options, and what becomes of each file."""

import io
import re
import sys
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from urllib.parse import unquote

import pytest
from django.core.management import CommandError, call_command
from django.core.management.base import OutputWrapper
from pytest_django import Settings

from jobs import services, storage
from jobs.management.progress import Progress, farewell
from jobs.models import Event, Job, Reading
from jobs.services import Options
from jobs.services.batch import Batch, Ended, How
from jobs.services.batch_files import Wanted, find, with_targets
from tests import pdfs
from tests.conftest import MakeJob, StoredFiles, Work
from tests.engines.fake import png, text_of

Put = Callable[..., Path]


@pytest.fixture
def put(tmp_path: Path) -> Put:
    """`put("folder/name.pdf", content)` makes a file."""

    def write(name: str, content: bytes | None = None) -> Path:
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(pdfs.pages(2) if content is None else content)
        return path

    return write


def batch(*sources: Path, **how: object) -> Batch:
    return Batch(with_targets(sources, None), How(**{"options": Options(), "engine": "fake", "reuse": False, **how}))  # type: ignore[arg-type]


def finish(batch: Batch, work: Work) -> list[Ended]:
    """Step by step until it is over."""
    ended: list[Ended] = []
    for _ in range(50):
        if batch.is_over:
            return ended
        ended += batch.step()
        work()
    pytest.fail("The batch does not come to its end.")


def named(ended: list[Ended]) -> dict[str, str]:
    return {each.file.source.name: each.problem for each in ended}


# --- which files -------------------------------------------------------------------------------------------------


def test_it_finds_the_pdfs_in_and_below_a_folder(put: Put, tmp_path: Path) -> None:
    for name in ("b.pdf", "a.PDF", "deep/er/c.pdf", "notes.txt", "d.pdf/e.pdf"):
        put(name)
    found = find([str(tmp_path / "in")])
    assert sorted(path.name for path in found.sources) == ["a.PDF", "b.pdf", "c.pdf", "e.pdf"]
    assert found.problems == []


def test_it_takes_a_file_whatever_its_name(put: Put) -> None:
    assert find([str(put("scan"))]).sources == [put("scan")]


def test_it_takes_each_file_once(put: Put, tmp_path: Path) -> None:
    path = put("a.pdf")
    (tmp_path / "in" / "link.pdf").symlink_to(path)
    assert len(find([str(path), str(path.parent), str(path)]).sources) == 1


def test_it_names_what_is_not_there(put: Put, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    found = find([str(tmp_path / "nothing.pdf"), str(put("a.pdf")), str(tmp_path / "empty")])
    assert len(found.sources) == 1
    assert [problem.partition(": ")[2] for problem in found.problems] == [
        "There is no such file.",
        "There is no PDF in this folder.",
    ]


def test_it_writes_beside_the_pdf_or_into_a_folder() -> None:
    sources = [Path("x/a.pdf"), Path("y/b.pdf")]
    assert [wanted.target for wanted in with_targets(sources, None)] == [Path("x/a.md"), Path("y/b.md")]
    assert [wanted.target for wanted in with_targets(sources, Path("z"))] == [Path("z/a.md"), Path("z/b.md")]


def test_it_gives_two_of_one_name_distinct_names() -> None:
    sources = [Path("x/a.pdf"), Path("y/a.pdf"), Path("y/A.PDF"), Path("y/a-2.pdf")]
    targets = [wanted.target.name for wanted in with_targets(sources, Path("z"))]
    assert targets == ["a.md", "a-2.md", "A-3.md", "a-2-2.md"]


# --- what becomes of them ----------------------------------------------------------------------------------------


def test_it_converts_files_as_jobs(put: Put, work: Work) -> None:
    first, second = put("one.pdf"), put("two.pdf", pdfs.pages(3))
    ended = finish(batch(first, second), work)
    assert named(ended) == {"one.pdf": "", "two.pdf": ""}
    assert all(each.is_whole for each in ended)
    assert first.with_suffix(".md").read_text() == f"{text_of(1)}\n\n{text_of(2)}\n\n"
    assert first.read_bytes() == pdfs.pages(2)
    assert list(Job.objects.order_by("pk").values_list("filename", "status")) == [
        ("one.pdf", "completed"),
        ("two.pdf", "completed"),
    ]
    assert Event.objects.filter(kind=Event.Kind.DOWNLOADED, detail="to one.md").count() == 1


def test_it_counts_pages(put: Put, work: Work) -> None:
    both = batch(put("one.pdf"), put("two.pdf", pdfs.pages(3)))
    both.step()
    assert (both.pages_done, both.total_pages, both.files_left) == (0, 2, 1)
    work()
    both.step()
    assert (both.pages_done, both.total_pages, both.files_left) == (2, 5, 0)
    work()
    both.step()
    assert (both.pages_done, both.total_pages) == (5, 5)


def test_it_takes_the_model_for_a_prompt(put: Put, settings: Settings, db: None) -> None:
    settings.VISION_BASE_URL, settings.VISION_MODEL = "http://127.0.0.1:9/v1", "reader-1"
    batch(put("one.pdf"), engine=None, prompt="Read it.").step()
    assert Job.objects.get().engine == "vision"


def test_it_says_what_to_set_for_a_model(put: Put) -> None:
    with pytest.raises(CommandError, match="PDFJOBS_VISION_BASE_URL"):
        call_command("convert", str(put("one.pdf")), "--engine", "vision")


def test_it_hands_on_how_to_convert(put: Put, work: Work) -> None:
    path = put("locked.pdf", pdfs.encrypted("key", 3))
    finish(batch(path, options=Options(pages="2-", page_breaks=True), password="key", prompt="slow:0"), work)
    assert path.with_suffix(".md").read_text().startswith(f"<!-- page 2 -->\n\n{text_of(2)}")
    job = Job.objects.get()
    assert (job.engine, job.prompt, job.total_pages) == ("fake", "slow:0", 2)


def test_it_goes_on_after_a_refused_file(put: Put, work: Work, stored_files: StoredFiles) -> None:
    ended = finish(batch(put("bad.pdf", pdfs.not_a_pdf()), put("empty.pdf", b""), put("good.pdf")), work)
    said = named(ended)
    assert "does not start like a PDF" in said["bad.pdf"]
    assert "no content" in said["empty.pdf"]
    assert said["good.pdf"] == ""
    assert [each.is_whole for each in ended] == [False, False, True]
    assert [name for name in stored_files() if "incoming" in name] == []


def test_it_refuses_by_size_before_it_copies(put: Put, work: Work, settings: Settings) -> None:
    settings.MAX_UPLOAD_MB = 1
    path = put("large.pdf", pdfs.pages(1) + bytes(2 * 1024 * 1024))
    assert "at most 1 MB" in named(finish(batch(path), work))["large.pdf"]


def test_it_tells_pages_that_failed(put: Put, work: Work) -> None:
    path = put("a.pdf", pdfs.pages(3))
    (ended,) = finish(batch(path, prompt="fail:2"), work)
    assert (ended.problem, ended.is_whole) == ("", False)
    assert [page.number for page in ended.failed] == [2]
    assert "Page 2 could not be converted" in path.with_suffix(".md").read_text()


def test_it_tells_a_job_that_failed(put: Put, work: Work) -> None:
    path = put("a.pdf")
    (ended,) = finish(batch(path, prompt="fail:1,2"), work)
    assert ended.problem.startswith("None of its pages could be converted.")
    assert not path.with_suffix(".md").exists()


@pytest.mark.parametrize(("verb", "says"), [(services.cancel, "was cancelled"), (services.delete, "deleted")])
def test_it_tells_a_job_that_somebody_took_away(put: Put, work: Work, verb: Callable[[Job], object], says: str) -> None:
    one = batch(put("a.pdf"))
    one.step()
    verb(Job.objects.get())
    assert says in named(finish(one, work))["a.pdf"]
    assert not Reading.objects.exists()


def test_it_does_not_write_over_a_file(put: Put, work: Work) -> None:
    path = put("a.pdf")
    path.with_suffix(".md").write_text("mine")
    assert "--force" in named(finish(batch(path), work))["a.pdf"]
    assert path.with_suffix(".md").read_text() == "mine"
    assert not Job.objects.exists()


def test_it_does_not_write_over_a_file_that_came_meanwhile(put: Put, work: Work) -> None:
    path = put("a.pdf")
    one = batch(path)
    one.step()
    path.with_suffix(".md").write_text("mine")
    problem = named(finish(one, work))["a.pdf"]
    assert f"The result stays in the job {Job.objects.get().job_id}." in problem
    assert path.with_suffix(".md").read_text() == "mine"
    assert sorted(each.name for each in path.parent.iterdir()) == ["a.md", "a.pdf"]


def test_it_writes_over_a_file_when_told_to(put: Put, work: Work) -> None:
    path = put("a.pdf")
    path.with_suffix(".md").write_text("mine")
    assert named(finish(batch(path, force=True), work)) == {"a.pdf": ""}
    assert path.with_suffix(".md").read_text().startswith(text_of(1))


def test_it_says_at_once_that_there_is_no_folder_to_write_to(put: Put, work: Work, tmp_path: Path) -> None:
    one = Batch([Wanted(put("a.pdf"), tmp_path / "none" / "a.md")], How(Options(), "fake"))
    assert "-o" in named(finish(one, work))["a.pdf"]
    assert not Job.objects.exists()


def test_it_removes_jobs_once_their_results_are_written(put: Put, work: Work, stored_files: StoredFiles) -> None:
    good, bad = put("good.pdf"), put("bad.pdf", pdfs.broken())
    (ended,) = [each for each in finish(batch(good, bad, delete=True, prompt="fail:1"), work) if each.job]
    assert [page.number for page in ended.failed] == [1]
    assert good.with_suffix(".md").exists()
    assert not Job.objects.exists()
    assert stored_files() == []


def test_it_keeps_a_job_whose_result_could_not_be_written(put: Put, work: Work) -> None:
    one = batch(put("a.pdf"), delete=True)
    one.step()
    work()
    put("a.md", b"mine")
    one.step()
    assert Job.objects.get().status == "completed"


def test_it_waits_for_room_that_its_own_jobs_take(put: Put, work: Work, settings: Settings) -> None:
    settings.MAX_JOBS = 1
    two = batch(put("one.pdf"), put("two.pdf"))
    assert two.step() == []
    assert not two.has_to_wait
    assert two.step() == []
    assert (two.files_left, two.has_to_wait) == (1, True)
    assert named(finish(two, work)) == {"one.pdf": "", "two.pdf": ""}


def test_it_does_not_wait_for_room_that_others_take(
    put: Put, make_job: MakeJob, work: Work, settings: Settings
) -> None:
    make_job(status="completed", keep=True)
    settings.MAX_JOBS = 1
    assert "PDFJOBS_MAX_JOBS" in named(finish(batch(put("a.pdf")), work))["a.pdf"]


def test_it_keeps_a_result_from_being_purged_before_it_is_written(put: Put, work: Work) -> None:
    path = put("a.pdf")
    one = batch(path)
    one.step()
    work()
    assert services.purge(services.Rules(jobs=0)).due == []
    one.step()
    assert path.with_suffix(".md").exists()
    assert len(services.purge(services.Rules(jobs=0)).due) == 1


def test_it_leaves_its_jobs_to_the_server(put: Put, work: Work) -> None:
    two = batch(put("one.pdf"), put("two.pdf"))
    two.step()
    (job,) = two.jobs
    said = farewell(two)
    two.leave()
    assert job.job_id in said
    assert "1 files were not begun." in said
    assert not Reading.objects.exists()
    work()
    assert Job.objects.get().status == "completed"


# --- what is said ------------------------------------------------------------------------------------------------


def test_it_says_a_line_for_each_file(put: Put, work: Work) -> None:
    out, err = StringIO(), StringIO()
    progress = Progress(OutputWrapper(out), OutputWrapper(err))
    for ended in finish(
        batch(put("a.pdf", pdfs.pages(8)), put("b.pdf", pdfs.broken()), prompt="fail:2,3 blank:5"), work
    ):
        progress.tell(ended)
    progress.close()
    said = out.getvalue().splitlines()
    folder = put("a.pdf").parent
    assert said[0].startswith(f"{folder}/b.pdf: The file starts like a PDF but can't be opened.")
    assert said[1] == f"{folder}/a.pdf: 6 of 8 pages in {folder}/a.md"
    assert said[2].startswith("  page 2 failed: ")
    assert said[3].startswith("  page 3 failed: ")
    assert said[-1] == "  1 of 8 pages gave no text that could be read: 5."
    assert err.getvalue() == ""


def test_it_says_only_the_first_of_many_faults(put: Put, work: Work) -> None:
    out = StringIO()
    progress = Progress(OutputWrapper(out), OutputWrapper(StringIO()))
    progress.tell(*finish(batch(put("a.pdf", pdfs.pages(8)), prompt="fail:1,2,3,4,5,6,7"), work))
    said = out.getvalue().splitlines()
    assert len([line for line in said if "failed:" in line]) == 5
    assert "  and 2 more" in said


def test_it_says_once_that_the_disk_is_full(put: Put, work: Work, settings: Settings) -> None:
    out = StringIO()
    progress = Progress(OutputWrapper(out), OutputWrapper(StringIO()))
    one = batch(put("a.pdf"))
    one.step()
    settings.MIN_FREE_DISK_MB = 900_000
    for _ in range(3):
        progress.show(one, with_own_workers=True)
    assert out.getvalue().count("The disk is full") == 1
    one.leave()


# --- the command line --------------------------------------------------------------------------------------------


# --- pictures ----------------------------------------------------------------------------------------------------


def with_images(**how: object) -> dict[str, object]:
    return {"options": Options(images=True), "prompt": "photo:1 logo:2", **how}


def test_it_writes_pictures_beside_the_markdown(put: Put, work: Work) -> None:
    source = put("a (draft) & more.v2.pdf")
    assert named(finish(batch(source, **with_images()), work)) == {source.name: ""}
    folder = source.with_name("a (draft) & more.v2.images")
    assert sorted(path.name for path in folder.iterdir()) == ["page-00001-01.png", "page-00002-01.png"]
    text = source.with_suffix(".md").read_text()
    places = re.findall(r"!\[.*?\]\((.*?)\)", text)
    assert len(places) == 2
    for place in places:
        assert (source.parent / unquote(place)).read_bytes().startswith(b"\x89PNG")


def test_it_makes_no_folder_where_no_picture_is(put: Put, work: Work) -> None:
    source = put("a.pdf")
    finish(batch(source, **with_images(prompt="")), work)
    assert source.with_suffix(".md").exists()
    assert not source.with_suffix(".images").exists()


@pytest.mark.parametrize("is_folder", [True, False])
def test_it_does_not_touch_a_folder_that_is_there(put: Put, work: Work, is_folder: bool) -> None:
    source = put("a.pdf")
    own = put("a.images/own.txt", b"mine") if is_folder else put("a.images", b"mine")
    (ended,) = finish(batch(source, **with_images()), work)
    assert "a.images: is there already" in ended.problem
    assert own.read_bytes() == b"mine"
    assert not source.with_suffix(".md").exists()
    assert not Job.objects.exists()


def test_it_does_not_touch_a_folder_that_came_meanwhile(put: Put, work: Work) -> None:
    source = put("a.pdf")
    converting = batch(source, **with_images())
    converting.step()
    own = put("a.images/own.txt", b"mine")
    (ended,) = finish(converting, work)
    assert "The result stays in the job" in ended.problem
    assert [path.name for path in own.parent.iterdir()] == ["own.txt"]


def test_it_writes_pictures_over_if_forced(put: Put, work: Work) -> None:
    source, own = put("a.pdf"), put("a.images/own.txt", b"mine")
    old = put("a.images/page-00007-01.png", b"of another run")
    put("a.images/page-00001-01.png", b"of another run")
    finish(batch(source, **with_images(force=True)), work)
    assert own.read_bytes() == b"mine"
    assert not old.exists()
    assert sorted(path.name for path in own.parent.iterdir()) == ["own.txt", "page-00001-01.png", "page-00002-01.png"]
    assert (own.parent / "page-00001-01.png").read_bytes() == png(1)


def test_it_leaves_no_pictures_without_their_markdown(put: Put, work: Work) -> None:
    source = put("a.pdf")
    converting = batch(source, **with_images())
    converting.step()
    put("a.md", b"came meanwhile")
    (ended,) = finish(converting, work)
    assert "The result stays in the job" in ended.problem
    assert not source.with_suffix(".images").exists()


def test_it_says_that_a_picture_is_lost(put: Put, work: Work) -> None:
    source = put("a.pdf")
    converting = batch(source, **with_images())
    converting.step()
    work()
    storage.discard(storage.picture_path(Job.objects.get().job_id, "page-00002-01.png"))
    (ended,) = finish(converting, work)
    assert "page-00002-01.png" in ended.problem
    assert not source.with_suffix(".images").exists()
    assert not source.with_suffix(".md").exists()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["a.pdf", "--engine", "magic"], "there are: auto, fake, fast, layout"),
        (["@nothing.txt"], "The list nothing.txt can't be read"),
        (["a.pdf", "-o", "/dev/null/out"], "Name another with -o"),
        ([], "FILE"),
    ],
)
def test_it_refuses_what_it_can_not_do(arguments: list[str], says: str) -> None:
    with pytest.raises(CommandError, match=says):
        call_command("convert", *arguments)


def test_it_refuses_an_empty_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n  \n"))
    with pytest.raises(CommandError, match="No file was named"):
        call_command("convert", "-")


def test_it_takes_pages_that_were_made_before_unless_told_otherwise(put: Put, work: Work, db: None) -> None:
    def reused(**how: object) -> bool:
        finish(batch(put("a.pdf"), force=True, **how), work)
        return Job.objects.latest("pk").reused

    assert [reused(reuse=True), reused(reuse=True), reused(reuse=False)] == [False, True, False]
