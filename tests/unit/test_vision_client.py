"""Asking an endpoint: what it does not know is left out, what passes is tried again, what is dropped is dropped."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from jobs.engines.vision import Answer, Endpoint, Question, VisionFailure, rendering
from jobs.engines.vision.client import Desk
from tests import pdfs
from tests.server import wait_for
from tests.vision_server import VisionServer, vision_server

Ask = Callable[..., Answer]


@contextmanager
def desk(server: VisionServer, **changes: object) -> Iterator[Desk]:
    fields = {"model": "reader-1", "api_key": "sk-very-secret", "concurrency": 4, "timeout_s": 20, "dpi": 150}
    there = Endpoint(**{"base_url": server.url, "max_tokens": 500, "preset": "", **fields, **changes})  # type: ignore[arg-type]
    opened = Desk(there)
    try:
        yield opened
    finally:
        opened.close()


@pytest.fixture
def picture(tmp_path: Path) -> str:
    """The drawing of a page that says "Page 1"."""
    path = tmp_path / "small.pdf"
    path.write_bytes(pdfs.small())
    document = rendering.open(str(path), "")
    drawn: str = document.draw(1, 150, 2000)["picture"]
    document.close()
    return drawn


@pytest.fixture
def server() -> Iterator[VisionServer]:
    with vision_server() as there:
        yield there


def test_it_asks_with_the_picture_and_the_prompt(server: VisionServer, picture: str) -> None:
    with desk(server) as there:
        answer = there.ask(Question("Read this.", picture, {"skip_special_tokens": False})).result()
    assert answer == Answer("Page 1", {"prompt_tokens": 100, "completion_tokens": 2})
    (body,) = server.bodies
    assert (body["model"], body["max_tokens"], body["temperature"]) == ("reader-1", 500, 0)
    assert body["skip_special_tokens"] is False
    assert server.prompts() == ["Read this."]
    assert server.keys == ["sk-very-secret"]


def test_it_understands_an_endpoint_that_does_not_stream(server: VisionServer, picture: str) -> None:
    server.streams = False
    with desk(server) as there:
        answer = there.ask(Question("Read this.", picture)).result()
    assert answer == Answer("Page 1", {"prompt_tokens": 100, "completion_tokens": 2})


@pytest.mark.parametrize("name", ["temperature", "stream_options", "skip_special_tokens"])
def test_it_leaves_out_what_the_endpoint_does_not_know(server: VisionServer, picture: str, name: str) -> None:
    server.unknown = (name,)
    with desk(server) as there:
        for _ in range(2):
            assert there.ask(Question("Read.", picture, {"skip_special_tokens": False})).result().text == "Page 1"
    assert [name in body for body in server.bodies] == [True, False, False]


def test_it_names_the_limit_as_the_endpoint_wants_it(server: VisionServer, picture: str) -> None:
    server.unknown, server.advice = ("max_tokens",), "Use 'max_completion_tokens' instead."
    with desk(server) as there:
        assert there.ask(Question("Read.", picture)).result().text == "Page 1"
    assert server.bodies[-1]["max_completion_tokens"] == 500
    assert "max_tokens" not in server.bodies[-1]


def test_it_waits_as_long_as_the_endpoint_asks(server: VisionServer, picture: str) -> None:
    with desk(server) as there:
        assert there.ask(Question("busy:1", picture)).result().text == "Page 1"
    first, second = server.times
    assert second - first >= 1  # Retry-After


def test_it_stops_reading_a_loop(server: VisionServer, picture: str) -> None:
    with desk(server) as there:
        answer = there.ask(Question("loop:1", picture)).result()
        assert answer.repeats
        assert len(answer.text) < 5000
        wait_for(lambda: server.broken_off == 1, 10)


def test_it_drops_a_question_at_once(server: VisionServer, picture: str) -> None:
    with desk(server) as there:
        asked = there.ask(Question("hang:*", picture))
        wait_for(lambda: server.at_once == 1, 20)
        asked.cancel()
        wait_for(lambda: server.at_once == 0, 10)
    assert len(server.bodies) == 1


def test_it_drops_all_when_it_is_closed(server: VisionServer, picture: str) -> None:
    with desk(server) as there:
        for _ in range(3):
            there.ask(Question("hang:*", picture))
        wait_for(lambda: server.at_once == 3, 20)
    wait_for(lambda: server.at_once == 0, 10)


def test_it_never_shows_the_key(server: VisionServer, picture: str) -> None:
    with desk(server) as there, pytest.raises(VisionFailure) as failed:
        there.ask(Question("refuse:*", picture)).result()
    assert failed.value.reason == "The vision endpoint answered 400: Bearer … may not do this."
    assert "secret" not in repr(Endpoint("", "", "sk-very-secret", 1, 1, 1, 1, ""))
