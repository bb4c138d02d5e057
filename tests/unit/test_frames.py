"""The frames between a sandbox and its parent."""

import json
from typing import Any

import pytest

from jobs.engines.frames import HEADER, MAX_BYTES, BadFrame, Reader, pack


@pytest.mark.parametrize("message", [{}, {"text": "ä\0😀\n"}, {"text": "\ud800"}, {"list": [1, None, {"a": 2.5}]}])
def test_it_carries_a_message(message: dict[str, Any]) -> None:
    assert Reader().feed(pack(message)) == message


def test_it_waits_for_the_last_byte() -> None:
    reader, data = Reader(), pack({"text": "x" * 100})
    answers = [reader.feed(data[at : at + 1]) for at in range(len(data))]
    assert answers[:-1] == [None] * (len(data) - 1)
    assert answers[-1] == {"text": "x" * 100}


def test_it_keeps_what_comes_after_a_message() -> None:
    reader, second = Reader(), pack({"number": 2})
    assert reader.feed(pack({"number": 1}) + second[:3]) == {"number": 1}
    assert reader.feed(second[3:]) == {"number": 2}


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff\xfe", b"[1]", b"null", b'"text"', b"\x80\x04K\x01.", b'{"a":' * 50_000],
    ids=lambda body: repr(body[:10]),
)
def test_it_refuses_what_is_no_message(body: bytes) -> None:
    with pytest.raises(BadFrame):
        Reader().feed(HEADER.pack(len(body)) + body)


def test_it_refuses_a_huge_frame_before_it_has_come() -> None:
    with pytest.raises(BadFrame):
        Reader().feed(HEADER.pack(MAX_BYTES + 1))


def test_it_is_json() -> None:
    data = pack({"a": 1})
    assert HEADER.unpack(data[: HEADER.size]) == (len(data) - HEADER.size,)
    assert json.loads(data[HEADER.size :]) == {"a": 1}
