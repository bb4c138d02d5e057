"""Copies on this machine of PDFs that are stored elsewhere: fetched once, whole or not at all, bounded."""

import errno
import fcntl
import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier, Event, get_ident
from typing import Any, NoReturn

import pytest
from django.conf import settings as current
from django.core.files.storage import InMemoryStorage
from pytest_django import Settings

from jobs import input_cache, services, storage
from jobs.input_cache import InputLost, local_path
from jobs.models import Job
from jobs.pipeline import claims
from tests.conftest import MakeJob, Work

pytestmark = pytest.mark.django_db

GIB = 1024**3
_fetched: list[str] = []


class Elsewhere(InMemoryStorage):
    """A storage without paths, as an object store is, that knows what was read."""

    def open(self, name: str, mode: str = "rb") -> Any:
        _fetched.append(name)
        return super().open(name, mode)


@pytest.fixture(autouse=True)
def elsewhere(settings: Settings) -> None:
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": f"{__name__}.Elsewhere"}}
    _fetched.clear()


def copies() -> list[str]:
    folder: Path = current.CACHE_DIR
    return sorted(path.name for path in folder.glob("*.*")) if folder.exists() else []


def fetched(job: Job) -> bytes:
    with local_path(job) as path:
        return Path(path).read_bytes()


def copy(job: Job) -> Path:
    folder: Path = current.CACHE_DIR
    return folder / f"{job.job_id}.pdf"


def test_it_copies_nothing_that_is_on_this_machine(make_job: MakeJob, settings: Settings) -> None:
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"}}
    job = make_job()
    with local_path(job) as path:
        assert path == job.input.path
    assert copies() == []


def test_it_fetches_once(make_job: MakeJob) -> None:
    job = make_job(pdf=b"%PDF-1.7 content")
    assert [fetched(job) for _ in range(3)] == [b"%PDF-1.7 content"] * 3
    assert _fetched == [job.input.name]
    assert copies() == [f"{job.job_id}.lock", f"{job.job_id}.pdf"]


def test_it_fetches_once_for_all_who_come_at_once(make_job: MakeJob, monkeypatch: pytest.MonkeyPatch) -> None:
    job = make_job(pdf=b"%PDF-1.7 content")
    chunks = storage.chunks

    def slowly(name: str, size: int) -> Iterator[bytes]:
        for chunk in chunks(name, size):
            time.sleep(0.3)
            yield chunk

    monkeypatch.setattr(storage, "chunks", slowly)
    with ThreadPoolExecutor() as threads:
        assert list(threads.map(fetched, [job] * 6)) == [b"%PDF-1.7 content"] * 6
    assert _fetched == [job.input.name]


def test_it_does_not_wait_for_those_who_use_it(make_job: MakeJob, monkeypatch: pytest.MonkeyPatch) -> None:
    job = make_job(pdf=b"%PDF-1.7 content")
    both_miss_it, both_use_it = Barrier(2), Barrier(2)
    came: set[int] = set()
    seen = input_cache._seen

    def together(path: Path) -> tuple[int, float]:
        if get_ident() not in came:
            came.add(get_ident())
            both_miss_it.wait(5)
        return seen(path)

    def use() -> None:
        with local_path(job):
            both_use_it.wait(5)

    monkeypatch.setattr(input_cache, "_seen", together)
    with ThreadPoolExecutor() as pool:
        for user in [pool.submit(use) for _ in range(2)]:
            user.result()
    assert _fetched == [job.input.name]


def test_it_ticks_while_it_waits_for_somebody_who_fetches(make_job: MakeJob, monkeypatch: pytest.MonkeyPatch) -> None:
    job = make_job(pdf=b"%PDF-1.7 content")
    begun, go_on = Event(), Event()
    chunks = storage.chunks

    def slowly(name: str, size: int) -> Iterator[bytes]:
        begun.set()
        go_on.wait(30)
        yield from chunks(name, size)

    monkeypatch.setattr(storage, "chunks", slowly)
    with ThreadPoolExecutor() as threads:
        first = threads.submit(fetched, job)
        begun.wait(30)
        with local_path(job, on_tick=go_on.set) as path:  # nobody else lets the first one go on
            assert Path(path).read_bytes() == b"%PDF-1.7 content"
        assert first.result() == b"%PDF-1.7 content"


def test_it_fetches_a_small_one_before_it_is_asked_for(make_job: MakeJob, monkeypatch: pytest.MonkeyPatch) -> None:
    small, large = make_job(pdf=b"%PDF-1.7 content"), make_job(pdf=b"%PDF-1.7 content of some length")
    monkeypatch.setattr(input_cache, "_SMALL", 20)
    for job in (small, large, small):
        input_cache.prefetch(job)
    assert _fetched == [small.input.name]
    assert fetched(small) == b"%PDF-1.7 content"
    assert _fetched == [small.input.name]


def test_it_tells_nobody_that_there_was_nothing_to_fetch_before(make_job: MakeJob) -> None:
    job = make_job()
    storage.discard(job.input.name)
    input_cache.prefetch(job)
    assert copies() == [f"{job.job_id}.lock"]
    assert _fetched == [job.input.name]  # it was tried once


def test_it_leaves_fetching_to_who_is_at_it(make_job: MakeJob, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(input_cache, "_MOMENT_S", (0.001,) * 3)
    job = make_job()
    lock = input_cache._copy(job.job_id).lock
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        input_cache.prefetch(job)
    assert _fetched == []


@pytest.mark.parametrize(("workers", "files"), [(1, []), (2, ["pdf"])])
def test_it_is_here_when_pages_are_claimed_where_others_claim_meanwhile(
    make_job: MakeJob, settings: Settings, workers: int, files: list[str]
) -> None:
    settings.WORKERS = workers
    make_job()
    assert claims.claim_next()
    assert [name.rpartition(".")[2] for name in copies() if name.endswith(".pdf")] == files


def test_it_leaves_nothing_when_it_is_broken_off(make_job: MakeJob) -> None:
    job = make_job()

    def stop() -> NoReturn:
        raise KeyError("stop")

    with pytest.raises(KeyError), local_path(job, stop):
        pass
    assert copies() == [f"{job.job_id}.lock"]
    assert fetched(job).startswith(b"%PDF-")


def test_it_says_that_the_disk_is_full(make_job: MakeJob, monkeypatch: pytest.MonkeyPatch) -> None:
    job = make_job()

    def full(name: str, size: int) -> Iterator[bytes]:
        raise OSError(errno.ENOSPC, "No space left on device")
        yield b""

    monkeypatch.setattr(storage, "chunks", full)
    with pytest.raises(OSError, match="No space left"), local_path(job):
        pass
    assert copies() == [f"{job.job_id}.lock"]


def test_it_fetches_anew_what_a_killed_process_left(make_job: MakeJob) -> None:
    job = make_job(pdf=b"%PDF-1.7 content")
    copy(job).parent.mkdir()
    copy(job).with_suffix(".part").write_bytes(b"%PDF-1.7 con")
    copy(job).write_bytes(b"%PDF")
    assert fetched(job) == b"%PDF-1.7 content"
    assert copies() == [f"{job.job_id}.lock", f"{job.job_id}.pdf"]


def test_it_takes_nothing_for_whole_that_has_another_length(make_job: MakeJob) -> None:
    job = make_job(input_bytes=10_000)
    with pytest.raises(InputLost, match="instead of 10000"), local_path(job):
        pass
    assert copies() == [f"{job.job_id}.lock"]


def test_it_tells_that_the_storage_has_lost_it(make_job: MakeJob) -> None:
    job = make_job()
    storage.discard(job.input.name)
    with pytest.raises(InputLost, match="not in the storage"), local_path(job):
        pass


def test_it_fails_the_pages_of_a_pdf_that_is_lost(make_job: MakeJob, work: Work) -> None:
    job = make_job(total_pages=2)
    storage.discard(job.input.name)
    work()
    job.refresh_from_db()
    assert job.status == "failed"
    assert set(job.pages.values_list("error_code", flat=True)) == {"input_lost"}


def test_it_removes_what_was_used_least_recently(make_job: MakeJob, settings: Settings) -> None:
    settings.CACHE_GB = 250 / GIB
    old, older, new = (make_job(pdf=b"%PDF-" + b"x" * 95) for _ in range(3))
    fetched(old)
    fetched(older)
    os.utime(copy(older), (time.time() - 100,) * 2)
    fetched(new)
    assert [copy(job).exists() for job in (old, older, new)] == [True, False, True]


def test_it_never_removes_what_is_in_use(make_job: MakeJob, settings: Settings) -> None:
    settings.CACHE_GB = 150 / GIB
    used, wanted = (make_job(pdf=b"%PDF-" + b"x" * 95) for _ in range(2))
    with local_path(used) as path:
        assert not input_cache.forget(used.job_id)
        with pytest.raises(OSError, match="PDFJOBS_CACHE_GB"), local_path(wanted):
            pass
        assert Path(path).exists()
    assert fetched(wanted)
    assert not copy(used).exists()


def test_it_keeps_the_disk_from_running_full(make_job: MakeJob, monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = make_job(), make_job()
    fetched(old)
    free = iter([0, 10 * GIB])
    monkeypatch.setattr(storage, "free_bytes", lambda: next(free, 10 * GIB))
    fetched(new)
    assert [copy(job).exists() for job in (old, new)] == [False, True]


def test_it_is_removed_with_its_job(make_job: MakeJob) -> None:
    job = make_job(status="completed")
    fetched(job)
    services.delete(job)
    assert copies() == []


def test_it_sweeps_away_what_other_machines_have_deleted_or_finished(make_job: MakeJob) -> None:
    active, finished, looked_at, purged = (
        make_job(status=s) for s in ("processing", "completed", "completed", "failed")
    )
    for job in (active, finished, looked_at, purged):
        fetched(job)
        if job != looked_at:
            os.utime(copy(job), (time.time() - 3600,) * 2)
    os.utime(copy(purged))
    Job.objects.filter(pk=purged.pk).update(removal="purging")
    assert input_cache.sweep() == 2
    assert [copy(job).exists() for job in (active, finished, looked_at, purged)] == [True, False, True, False]


def test_it_sweeps_away_what_a_killed_process_was_fetching(make_job: MakeJob) -> None:
    job = make_job(status="processing")
    with pytest.raises(KeyError), local_path(job):
        raise KeyError
    copy(job).rename(copy(job).with_suffix(".part"))
    assert input_cache.sweep() == 1
    assert copies() == []


def test_it_does_not_sweep_where_nothing_is() -> None:
    assert input_cache.sweep() == 0
