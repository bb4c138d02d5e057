"""Where files are, and how they get there and away."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from jobs import storage
from jobs.models import Job
from tests.conftest import MakeJob, StoredFiles


@pytest.mark.without("s3")
def test_it_keeps_all_of_a_job_in_one_folder(make_job: MakeJob, stored_files: StoredFiles) -> None:
    job = make_job(status="completed")
    assert stored_files() == [f"jobs/{job.job_id}/input.pdf", f"jobs/{job.job_id}/result.md"]
    assert (job.input.name, job.result.name) == tuple(stored_files())


@pytest.mark.without("s3")
def test_it_keeps_files_for_the_server_s_user_only(make_job: MakeJob) -> None:
    assert os.stat(make_job().input.path).st_mode & 0o077 == 0


@pytest.mark.without("s3")
def test_it_gives_a_path_for_a_stored_file(make_job: MakeJob) -> None:
    assert Path(storage.path(make_job().input.name)).read_bytes().startswith(b"%PDF-")


@pytest.mark.without("s3")
def test_it_moves_a_draft_into_place(make_job: MakeJob, stored_files: StoredFiles) -> None:
    job = make_job()
    with storage.draft() as draft:
        draft.write("ä result".encode())
        before = os.fstat(draft.fileno()).st_ino
        job.result.save("result.md", storage.saveable(draft), save=False)
    assert stored_files() == [f"jobs/{job.job_id}/input.pdf", f"jobs/{job.job_id}/result.md"]
    assert Path(job.result.path).read_text() == "ä result"
    assert os.stat(job.result.path).st_ino == before


@pytest.mark.without("s3")
def test_it_never_writes_over_a_result(make_job: MakeJob) -> None:
    job = make_job(status="completed")
    first = job.result.path
    with storage.draft() as draft:
        draft.write(b"another")
        job.result.save("result.md", storage.saveable(draft), save=False)
    assert job.result.path != first
    assert Path(first).read_bytes() == b"# Result\n"


def test_it_throws_a_draft_away_that_was_not_saved(own_settings: None, stored_files: StoredFiles) -> None:
    def break_off() -> None:
        with storage.draft() as draft:
            draft.write(b"half")
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        break_off()
    assert stored_files() == []


def test_it_discards_what_is_there_and_what_is_not(make_job: MakeJob, stored_files: StoredFiles) -> None:
    job = make_job()
    for name in (job.input.name, job.input.name, "", None):
        storage.discard(name)
    assert stored_files() == []


def test_it_discards_a_folder(make_job: MakeJob, stored_files: StoredFiles, settings: Settings) -> None:
    job, other = make_job(status="completed"), make_job()
    storage.discard_folder(job.job_id)
    storage.discard_folder(job.job_id)
    assert stored_files() == [f"jobs/{other.job_id}/input.pdf"]
    assert not (Path(settings.MEDIA_ROOT) / "jobs" / job.job_id).exists()


@pytest.mark.without("s3")
def test_it_keeps_one_result(make_job: MakeJob, stored_files: StoredFiles) -> None:
    job = make_job(status="completed")
    folder = Path(job.result.path).parent
    (folder / "result_XyZ.md").write_text("left over")
    storage.discard_other_results(job.job_id, kept=job.result.name)
    assert stored_files() == [f"jobs/{job.job_id}/input.pdf", f"jobs/{job.job_id}/result.md"]


@pytest.mark.without("s3")
def test_it_tells_old_folders(make_job: MakeJob) -> None:
    old, young = make_job(), make_job()
    hour_ago = timezone.now() - timedelta(hours=1)
    os.utime(old.input.path, (hour_ago.timestamp() - 1,) * 2)
    assert set(storage.folders()) == {old.job_id, young.job_id}
    assert storage.is_older_than(old.job_id, hour_ago)
    assert not storage.is_older_than(young.job_id, hour_ago)


def test_it_clears_what_was_being_received(make_job: MakeJob, stored_files: StoredFiles, settings: Settings) -> None:
    job: Job = make_job()
    (settings.FILE_UPLOAD_TEMP_DIR / "abc.upload").write_text("half an upload")
    storage.prepare()
    storage.prepare()
    assert stored_files() == [f"jobs/{job.job_id}/input.pdf"]
    assert settings.FILE_UPLOAD_TEMP_DIR.is_dir()


def test_it_knows_whether_it_can_write(settings: Settings, stored_files: StoredFiles) -> None:
    assert storage.is_writable()
    assert stored_files() == []
    (settings.MEDIA_ROOT / "file").write_text("")
    settings.FILE_UPLOAD_TEMP_DIR = settings.MEDIA_ROOT / "file" / "below"
    assert not storage.is_writable()
