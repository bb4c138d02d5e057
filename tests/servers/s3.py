"""A server that speaks S3 (moto's), and that can be told to be in trouble."""

import itertools
import json
import signal
import sys
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import boto3
import httpx
from botocore.client import Config

from tests.processes import ROOT
from tests.servers.program import Program, free_port, started

BUCKET = "pdfjobs"


class S3:
    """One bucket at `url`. It holds all in memory: a start after `stop` is with an empty bucket.

    To have it away for a while with what it holds, use `trouble` or `pause`.
    """

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.folder = folder
        self._numbers = itertools.count(1)
        own = ["env", f"TMPDIR={folder}", f"PYTHONPATH={ROOT}", "PYTHONUNBUFFERED=1"]
        self._program = Program([*own, sys.executable, "-m", "tests.servers.s3_process", str(self.port)], folder)

    @property
    def environment(self) -> dict[str, str]:
        """The settings by which the server of the project uses it."""
        return {
            "AWS_STORAGE_BUCKET_NAME": BUCKET,
            "AWS_S3_ENDPOINT_URL": self.url,
            "AWS_S3_REGION_NAME": "us-east-1",
            "AWS_S3_ADDRESSING_STYLE": "path",
            "AWS_ACCESS_KEY_ID": "test-key",
            "AWS_SECRET_ACCESS_KEY": "test-secret",
        }

    @property
    def pid(self) -> int:
        return self._program.pid

    def start(self) -> None:
        self._program.start(self._answers)
        self.client().create_bucket(Bucket=BUCKET)

    def stop(self) -> None:
        """Stop it; all that it holds is lost."""
        self._program.stop(signal.SIGKILL)

    def pause(self) -> None:
        """Have it hang: connections are taken and nothing is answered."""
        self._program.signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._program.signal(signal.SIGCONT)

    def trouble(self, *, share: float = 1.0, status: int = 500, delay_s: float = 0.0, methods: str = "") -> None:
        """Have that share of its requests fail with `status` (0: the connection breaks; 200: they don't), and all be
        late. `methods` names those that are meant, like "PUT,POST"; empty: all of them."""
        told = {"share": share, "status": status, "delay_s": delay_s, "methods": [m for m in methods.split(",") if m]}
        httpx.put(f"{self.url}/-trouble", content=json.dumps(told), timeout=30).raise_for_status()

    def heal(self) -> None:
        """End the trouble."""
        self.trouble(share=0.0)

    def requests(self) -> dict[str, int]:
        """How many requests came so far, by method."""
        counts: dict[str, int] = httpx.get(f"{self.url}/-requests", timeout=30).json()
        return counts

    def new_prefix(self) -> str:
        """A part of the bucket in which nothing is yet."""
        return f"place-{next(self._numbers)}"

    def keys(self, prefix: str = "") -> list[str]:
        """The keys that begin with `prefix`."""
        pages = self.client().get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=prefix)
        return [entry["Key"] for page in pages for entry in page.get("Contents", [])]

    def client(self) -> Any:
        """boto3's client of it."""
        return boto3.client(
            "s3",
            endpoint_url=self.url,
            region_name="us-east-1",
            aws_access_key_id="test-key",
            aws_secret_access_key="test-secret",
            config=Config(s3={"addressing_style": "path"}),
        )

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/-requests", timeout=5).is_success
        except httpx.TransportError:
            return False


def running() -> AbstractContextManager[S3]:
    """A started server with its bucket, gone with all that it held afterwards."""
    return started(S3, "s3")
