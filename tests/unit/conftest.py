"""What tests of the engines share, and those of webhooks that go out over real sockets."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from jobs.engines import Markdown, load
from tests.receiver import Receiver, receiving

Convert = Callable[..., Markdown]


@pytest.fixture(params=["layout", "fast"])
def engine(request: pytest.FixtureRequest) -> str:
    """Each engine that opens PDFs."""
    return str(request.param)


@pytest.fixture
def convert(tmp_path: Path) -> Convert:
    """`convert(engine, pdf, number, **options)`."""

    def converted(engine: str, data: bytes, number: int = 1, **options: Any) -> Markdown:
        path = tmp_path / "document.pdf"
        path.write_bytes(data)
        document = load(engine, {}).open(str(path), "")
        try:
            return document.convert(number, options)
        finally:
            document.close()

    return converted


@pytest.fixture
def local(settings: Settings) -> None:
    """Where no login is asked for, and receivers may be on this machine."""
    settings.REQUIRE_LOGIN = False
    settings.WEBHOOK_TOTAL_S = 5.0


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as there:
        yield there
