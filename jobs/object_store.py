"""The storage of `jobs/storage.py` in an object store that speaks S3: django-storages', bounded in memory and time.

Whatever keeps it from answering is a StorageTrouble, an OSError as a disk's: work is given back, requests get a 503.
"""

import errno
import io
import mimetypes
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import cached_property
from http import HTTPStatus
from itertools import islice
from threading import Lock, local
from typing import IO, Any

from boto3.exceptions import Boto3Error
from botocore.client import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.files.base import File
from storages.backends.s3 import S3Storage
from storages.utils import clean_name
from urllib3.exceptions import HTTPError

from jobs.storage import Entry, StorageTrouble

_MIB = 1024 * 1024
# A file up to this size goes in one request; of a larger one a part this size is in memory.
_PART_BYTES = 8 * _MIB
_MOST_PARTS = 10_000
_READ_BYTES = _MIB
_DELETED_AT_ONCE = 1000  # the protocol's limit
_TRIES = 3

_GONE = ("NoSuchKey", "NoSuchUpload", "404")
_CONFIG = Config(
    signature_version="s3v4",
    connect_timeout=3,
    read_timeout=30,  # putting the parts of a large file together takes some stores long
    retries={"mode": "standard", "total_max_attempts": _TRIES},
    max_pool_connections=64,
    tcp_keepalive=True,
    # Newer checksums are unknown to some servers.
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)
_PROBE_CONFIG = Config(connect_timeout=2, read_timeout=3, retries={"total_max_attempts": 1})


@contextmanager
def _translated(name: str = "") -> Iterator[None]:
    """What the store's client raises about the file `name` as FileNotFoundError or StorageTrouble."""
    try:
        yield
    except ClientError as error:
        said = error.response.get("Error", {}).get("Code", "")
        if said in _GONE:
            raise FileNotFoundError(errno.ENOENT, "There is no such file in the object store", name) from error
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
        number = errno.ENOSPC if status == HTTPStatus.INSUFFICIENT_STORAGE else errno.EIO
        raise StorageTrouble(number, f"The object store refuses: {said or status}", name) from error
    except (BotoCoreError, Boto3Error, HTTPError) as error:
        raise StorageTrouble(errno.EIO, f"The object store does not answer: {type(error).__name__}", name) from error


class ObjectStore(S3Storage):  # type: ignore[misc]
    """The bucket AWS_STORAGE_BUCKET_NAME, below AWS_LOCATION. Each file is there whole or not at all."""

    def __init__(self) -> None:
        style = settings.AWS_S3_ADDRESSING_STYLE or ("path" if settings.AWS_S3_ENDPOINT_URL else "auto")
        super().__init__(
            bucket_name=settings.AWS_STORAGE_BUCKET_NAME,
            endpoint_url=settings.AWS_S3_ENDPOINT_URL or None,
            region_name=settings.AWS_S3_REGION_NAME or None,
            location=settings.AWS_LOCATION,
            # None: as the machine's role, or as the library finds them.
            access_key=settings.AWS_ACCESS_KEY_ID or None,
            secret_key=settings.AWS_SECRET_ACCESS_KEY or None,
            client_config=_CONFIG.merge(Config(s3={"addressing_style": style})),
        )
        self._lock = Lock()
        self._process = os.getpid()

    @property
    def client(self) -> Any:
        """The process's client, which its threads share; a forked process makes its own."""
        with self._lock:
            if self._process != os.getpid():
                self._process, self._connections = os.getpid(), local()
                self.__dict__.pop("_shared", None)
            return self._shared

    @cached_property
    def _shared(self) -> Any:
        return self.connection.meta.client

    @cached_property
    def _probing(self) -> Any:
        return self._create_session().client(
            "s3",
            region_name=self.region_name,
            endpoint_url=self.endpoint_url,
            config=self.client_config.merge(_PROBE_CONFIG),
        )

    def probe(self) -> None:
        """Raises StorageTrouble when the bucket can't be used now; takes some seconds at most."""
        with _translated():
            self._probing.head_bucket(Bucket=self.bucket_name)

    # --- one file ---

    def _open(self, name: str, mode: str = "rb") -> File:  # type: ignore[type-arg]
        if mode != "rb":
            raise ValueError(f"Files of the object store are only read, in bytes, not in the mode {mode}.")
        return self._opened(name, self.client.head_object)

    def open_whole(self, name: str) -> File:  # type: ignore[type-arg]
        """As `open`, with one request less for who reads it from its beginning to its end. Raises FileNotFoundError."""
        return self._opened(name, self.client.get_object)

    def _opened(self, name: str, ask: Callable[..., dict[str, Any]]) -> File:  # type: ignore[type-arg]
        about = {"Bucket": self.bucket_name, "Key": self._key(name)}
        with _translated(about["Key"]):
            answer = ask(**about)
        return File(io.BufferedReader(_Stored(self.client, about, answer), _READ_BYTES), name)

    def _save(self, name: str, content: Any) -> str:
        key, size = self._key(name), int(content.size)
        about = {"Bucket": self.bucket_name, "Key": key}
        kind = {"ContentType": mimetypes.guess_type(name)[0] or "application/octet-stream"}
        content.seek(0)
        with _translated(name):
            if size <= _PART_BYTES:
                self.client.put_object(**about, **kind, Body=content.read())
            else:
                self._save_in_parts(about, kind, content, max(_PART_BYTES, -(-size // _MOST_PARTS)))
        return name

    def _save_in_parts(self, about: dict[str, str], kind: dict[str, str], content: Any, part_bytes: int) -> None:
        """One after the other: nothing but one part is in memory."""
        upload = {**about, "UploadId": self.client.create_multipart_upload(**about, **kind)["UploadId"]}
        parts: list[dict[str, Any]] = []
        try:
            while part := content.read(part_bytes):
                number = len(parts) + 1
                tag = self.client.upload_part(**upload, PartNumber=number, Body=part)["ETag"]
                parts.append({"PartNumber": number, "ETag": tag})
            self.client.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})
        except BaseException:
            self._abort(upload)
            raise

    def _abort(self, upload: dict[str, str]) -> None:
        with suppress(BotoCoreError, ClientError):  # then the sweep takes it
            self.client.abort_multipart_upload(**upload)

    def delete(self, name: str) -> None:
        with _translated(name):
            self.client.delete_object(Bucket=self.bucket_name, Key=self._key(name))

    def exists(self, name: str) -> bool:
        try:
            self.size(name)
        except FileNotFoundError:
            return False
        return True

    def size(self, name: str) -> int:
        with _translated(name):
            return int(self.client.head_object(Bucket=self.bucket_name, Key=self._key(name))["ContentLength"])

    def copy(self, source: str, target: str) -> None:
        """Copy a file inside the store. Raises FileNotFoundError."""
        origin = {"Bucket": self.bucket_name, "Key": self._key(source)}
        with _translated(source):
            self.client.copy_object(Bucket=self.bucket_name, Key=self._key(target), CopySource=origin)

    def signed_url(self, name: str, seconds: int, headers: dict[str, str]) -> str:
        """An address where anybody can fetch the file in the next `seconds`; the answer has these headers."""
        asked = {f"Response{header.replace('-', '')}": value for header, value in headers.items()}
        about = {"Bucket": self.bucket_name, "Key": self._key(name), **asked}
        with _translated(name):
            return str(self.client.generate_presigned_url("get_object", Params=about, ExpiresIn=seconds))

    # --- many ---

    def entries(self, folder: str) -> Iterator[Entry]:
        """All files below `folder`, a thousand for each request."""
        whole = self._key(folder) + "/"
        for page in self._listed(Prefix=whole):
            for found in page.get("Contents", ()):
                inside = found["Key"].removeprefix(whole)
                yield Entry(f"{folder}/{inside}", found["Size"], found["LastModified"])

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        whole = self._key(path) + "/"
        folders: list[str] = []
        names: list[str] = []
        for page in self._listed(Prefix=whole, Delimiter="/"):
            folders += (found["Prefix"].removeprefix(whole).rstrip("/") for found in page.get("CommonPrefixes", ()))
            names += (found["Key"].removeprefix(whole) for found in page.get("Contents", ()))
        return folders, [name for name in names if name]

    def _listed(self, **which: str) -> Iterator[dict[str, Any]]:
        with _translated(which["Prefix"]):
            pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket_name, **which)
            yield from pages

    def delete_all(self, names: Iterable[str]) -> None:
        """Remove these files, a thousand with each request. Raises StorageTrouble when one can't be removed."""
        left = iter(names)
        while some := [{"Key": self._key(name)} for name in islice(left, _DELETED_AT_ONCE)]:
            with _translated(some[0]["Key"]):
                answer = self.client.delete_objects(Bucket=self.bucket_name, Delete={"Objects": some, "Quiet": True})
            if errors := answer.get("Errors"):
                raise StorageTrouble(errno.EIO, f"The object store refuses: {errors[0]['Code']}", errors[0]["Key"])

    def abort_unfinished(self, folder: str, before: datetime) -> int:
        """Throw away what was stored in parts below `folder`, begun before that moment and never ended; how many."""
        count = 0
        with _translated(folder):
            pages = self.client.get_paginator("list_multipart_uploads").paginate(
                Bucket=self.bucket_name, Prefix=self._key(folder) + "/"
            )
            for found in (found for page in pages for found in page.get("Uploads", ())):
                if found["Initiated"] < before:
                    upload = {"Bucket": self.bucket_name, "Key": found["Key"], "UploadId": found["UploadId"]}
                    self.client.abort_multipart_upload(**upload)
                    count += 1
        return count

    def _key(self, name: str) -> str:
        return str(self._normalize_name(clean_name(name)))


class _Stored(io.RawIOBase):
    """A file of the store, fetched as it is read, and from where it broke off when it does.

    `answer` is what the store said of it, with the beginning of its content or without.
    """

    def __init__(self, client: Any, about: dict[str, str], answer: dict[str, Any]) -> None:
        super().__init__()
        self._client = client
        self._size: int = answer["ContentLength"]
        # Not the beginning of one file and the end of another.
        self._about = {**about, "IfMatch": answer["ETag"]}
        self._position = 0
        self._body: Any = answer.get("Body")

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        if start + offset != self._position:
            self._let_go()
        self._position = start + offset
        return self._position

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer)
        content = self._read(len(view)) if self._position < self._size else b""
        view[: len(content)] = content
        self._position += len(content)
        return len(content)

    def close(self) -> None:
        self._let_go()
        super().close()

    def _read(self, most: int) -> bytes:
        """Some bytes of what is left. Raises StorageTrouble."""
        for tries_left in reversed(range(_TRIES)):
            try:
                with _translated(self._about["Key"]):
                    content: bytes = self._opened().read(most)
                if content:
                    return content
                raise StorageTrouble(errno.EIO, "The object store sends less than there is", self._about["Key"])
            except StorageTrouble:
                self._let_go()
                if not tries_left:
                    raise
        raise AssertionError

    def _opened(self) -> IO[bytes]:
        if self._body is None:
            self._body = self._client.get_object(**self._about, Range=f"bytes={self._position}-")["Body"]
        body: IO[bytes] = self._body
        return body

    def _let_go(self) -> None:
        if self._body is not None:
            self._body.close()
            self._body = None
