"""Files in an object store: whole or not at all, a bounded part of them in memory, and what is away comes back."""

import errno
import gzip
import io
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from typing import IO, Any, NoReturn, cast

import httpx
import psutil
import pytest
from botocore.exceptions import ReadTimeoutError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from pytest_django import Settings

from jobs import storage
from jobs.pipeline import recovery
from tests.servers.s3 import BUCKET, S3

MIB = 1024 * 1024


@pytest.fixture(autouse=True)
def in_bucket(store: S3, settings: Settings) -> Iterator[None]:
    """Files are in a part of the bucket of their own."""
    for name, value in store.environment.items():
        setattr(settings, name, value)
    settings.AWS_LOCATION = store.new_prefix()
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": "jobs.object_store.ObjectStore"}}
    yield
    store.heal()


class Large(io.RawIOBase):
    """So many bytes that are nowhere: each is its position's."""

    def __init__(self, size: int, breaks_off_at: int = 10**12) -> None:
        super().__init__()
        self.memory: list[int] = []  # taken at each reading
        self.breaks_off_at = breaks_off_at
        self.size = size
        self.position = 0

    def readable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self.position = offset
        return offset

    def read(self, size: int = -1) -> bytes:
        length = min(size if size >= 0 else self.size, self.size - self.position)
        self.position += length
        if self.position > self.breaks_off_at:
            raise KeyboardInterrupt
        self.memory.append(psutil.Process().memory_info().rss)
        return bytes(length)


def test_it_stores_reads_and_forgets(store: S3, settings: Settings) -> None:
    storage.write("jobs/a/input.pdf", b"first")
    storage.write("jobs/a/input.pdf", b"second")
    assert storage.read("jobs/a/input.pdf") == b"second"
    assert store.keys(settings.AWS_LOCATION) == [f"{settings.AWS_LOCATION}/jobs/a/input.pdf"]
    storage.discard("jobs/a/input.pdf")
    storage.discard("jobs/a/input.pdf")
    with pytest.raises(FileNotFoundError):
        storage.read("jobs/a/input.pdf")


def test_it_reads_in_pieces_from_anywhere() -> None:
    content = bytes(range(256)) * 10_000
    storage.write("jobs/a/large", content)
    assert [len(piece) for piece in storage.chunks("jobs/a/large", MIB)] == [MIB, MIB, len(content) - 2 * MIB]
    assert b"".join(storage.chunks("jobs/a/large", 1000)) == content
    with storage.opened("jobs/a/large") as file:
        file.seek(-10, io.SEEK_END)
        assert (file.tell(), file.read()) == (len(content) - 10, content[-10:])
        file.seek(5)
        assert file.read(3) == content[5:8]


def test_it_reads_what_is_zipped() -> None:
    storage.write("jobs/a/pages.jsonl.gz", gzip.compress(b"one\ntwo\n"))
    with storage.opened("jobs/a/pages.jsonl.gz") as file, gzip.open(file, "rt") as lines:
        assert list(lines) == ["one\n", "two\n"]


def draft_of(large: Large) -> storage.Draft:
    draft = storage.Draft(cast(IO[bytes], large))
    draft.size = large.size
    return draft


def test_it_keeps_but_a_part_of_a_large_file_in_memory() -> None:
    size = 100 * MIB
    before = psutil.Process().memory_info().rss
    large = Large(size)
    default_storage.save("jobs/a/large", draft_of(large))
    assert len(large.memory) >= 13
    assert sum(map(len, storage.chunks("jobs/a/large", MIB))) == size
    assert max(*large.memory, psutil.Process().memory_info().rss) - before < size // 2


def test_it_leaves_nothing_of_what_was_broken_off(store: S3, settings: Settings) -> None:
    with pytest.raises(KeyboardInterrupt):
        default_storage.save("jobs/a/large", draft_of(Large(30 * MIB, breaks_off_at=20 * MIB)))
    assert store.keys(settings.AWS_LOCATION) == []
    assert unfinished(store) == []


def unfinished(store: S3) -> list[str]:
    return [found["Key"] for found in store.client().list_multipart_uploads(Bucket=BUCKET).get("Uploads", [])]


def begun_by_a_killed_one(store: S3, settings: Settings) -> None:
    key = f"{settings.AWS_LOCATION}/jobs/a/input.pdf"
    upload = store.client().create_multipart_upload(Bucket=BUCKET, Key=key)["UploadId"]
    store.client().upload_part(Bucket=BUCKET, Key=key, UploadId=upload, PartNumber=1, Body=b"half")


@pytest.mark.django_db
def test_it_sweeps_up_what_somebody_was_killed_at(
    store: S3, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun_by_a_killed_one(store, settings)
    storage.write("jobs/orphan/input.pdf", b"of no job")
    monkeypatch.setattr(recovery, "_ORPHAN_AGE", timedelta(seconds=-5))
    assert recovery.remove_orphans() == 1
    assert unfinished(store) == []
    assert store.keys(settings.AWS_LOCATION) == []


def test_it_lists_and_removes_with_few_requests(store: S3) -> None:
    for number in range(30):
        storage.write(f"jobs/a/images/{number}.png", b"png")
    storage.write("jobs/a/input.pdf", b"pdf")
    storage.write("jobs/ab/input.pdf", b"another's")
    before = sum(store.requests().values())
    assert storage.bytes_of("a") == 93
    assert not storage.is_older_than("a", timezone.now() - timedelta(hours=1))
    assert len(storage.pictures("a")) == 30
    assert storage.copy_pictures("a", "b") == 30
    storage.discard_folder("a")
    assert sum(store.requests().values()) - before <= 4 + 30 + 2
    assert set(storage.folders()) == {"ab", "b"}
    assert list(storage.files("a")) == []


def test_it_tries_again_by_itself(store: S3) -> None:
    storage.write("jobs/a/input.pdf", b"pdf")
    store.trouble(share=0.3)
    for _ in range(10):
        with suppress(storage.StorageTrouble):
            assert storage.read("jobs/a/input.pdf") == b"pdf"
    store.heal()
    assert storage.read("jobs/a/input.pdf") == b"pdf"


@pytest.mark.parametrize("status", [500, 503, 403, 0])
def test_it_says_that_it_is_in_trouble(store: S3, status: int) -> None:
    storage.write("jobs/a/input.pdf", b"pdf")
    store.trouble(status=status)
    for use in (
        lambda: storage.read("jobs/a/input.pdf"),
        lambda: storage.write("jobs/a/other", b""),
        lambda: storage.discard("jobs/a/input.pdf"),
        lambda: storage.discard_folder("a"),
        lambda: list(storage.folders()),
    ):
        with pytest.raises(storage.StorageTrouble):
            use()
    assert not storage.is_writable()
    store.heal()
    assert storage.is_writable()
    assert storage.read("jobs/a/input.pdf") == b"pdf"


def test_it_is_full_when_the_store_says_so(store: S3) -> None:
    store.trouble(status=507)
    with pytest.raises(OSError, match="refuses") as full:
        storage.write("jobs/a/input.pdf", b"pdf")
    assert full.value.errno == errno.ENOSPC
    assert storage.is_full(full.value)


def broken(*_: Any) -> NoReturn:
    raise ReadTimeoutError(endpoint_url="http://store")


def test_it_goes_on_reading_where_the_connection_broke(monkeypatch: pytest.MonkeyPatch) -> None:
    content = bytes(range(256)) * 20_000
    storage.write("jobs/a/large", content)
    with storage.opened("jobs/a/large") as file:
        raw: Any = file.file.raw  # type: ignore[attr-defined]
        found = file.read(2 * MIB)
        monkeypatch.setattr(raw._body, "read", broken)
        found += file.read()
    assert found == content


def test_it_signs_an_address(store: S3) -> None:
    storage.write("jobs/a/input.pdf", b"pdf")
    address = storage.signed_url("jobs/a/input.pdf", {"Content-Disposition": 'attachment; filename="ä.pdf"'}) or ""
    answer = httpx.get(address)
    assert answer.content == b"pdf"
    assert "filename" in answer.headers["Content-Disposition"]
    assert "test-secret" not in address
    with pytest.raises(FileNotFoundError):
        storage.signed_url("jobs/a/gone", {})


def test_it_names_the_place_and_no_secret() -> None:
    assert "pdfjobs/place-" in storage.described()
    assert "secret" not in storage.described()


def test_it_never_gives_two_results_one_name(settings: Settings) -> None:
    class Job:
        job_id = "a"

    names = {storage.result_path(Job, "result.md") for _ in range(3)}
    assert len(names) == 3
    for name in names:
        default_storage.save(name, ContentFile(b"text"))
    storage.discard_other_results("a", kept=min(names))
    assert list(storage.files("a")) == [min(names)]
