"""A server of the tests that speaks the OpenAI chat completions protocol and truly reads the picture it gets (`eyes`).

The pages of `pdfs.small` say their number, so the prompt can say what happens on which page, "Read it. busy:2
slow:0.5"; with a star (`hang:*`) it happens on all of them:

busy     429 with Retry-After, on each page once
error    500, on each page once
limited  429 each time
refuse   400, with the key that was sent in its message
hang     nothing is ever answered
slow     seconds that every answer takes
meet     nobody gets an answer before so many were asked at once
empty    an answer without text
loop     the text, and then one sentence without end
chatter  one sentence without end and nothing before it
break    the connection is closed in the middle of the answer, on each page once
"""

import base64
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests import eyes

_ENDLESS = 5000  # times that a sentence is repeated: nobody waits for the end
_LETTERS = 7  # of a piece of a streamed answer


@dataclass
class VisionServer:
    """What was asked, and how much at once. `answer` is given instead of the text where it is set."""

    url: str = ""
    answer: str = ""
    streams: bool = True
    unknown: tuple[str, ...] = ()
    """Parameters that it refuses, with `advice`."""
    advice: str = ""
    bodies: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    most_at_once: int = 0
    at_once: int = 0
    broken_off: int = 0
    """Answers that nobody wanted to hear to their end."""
    seen: Counter[tuple[str, str]] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)
    closing: threading.Event = field(default_factory=threading.Event)

    @property
    def environment(self) -> dict[str, str]:
        """The settings of a server that uses it."""
        return {"PDFJOBS_VISION_BASE_URL": self.url, "PDFJOBS_VISION_MODEL": "reader-1"}

    def prompts(self) -> list[str]:
        return [_parts(body)[1] for body in self.bodies]

    def is_first(self, deed: str, text: str) -> bool:
        with self.lock:
            self.seen[deed, text] += 1
            return self.seen[deed, text] == 1


@contextmanager
def vision_server(**how: Any) -> Iterator[VisionServer]:
    """Runs one on a free port while it is entered."""
    eyes.wake()
    state = VisionServer(**how)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"state": state}))
    state.url = f"http://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield state
    finally:
        state.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _parts(body: dict[str, Any]) -> tuple[bytes, str]:
    """Picture and prompt."""
    picture, text = body["messages"][-1]["content"]
    head, _, data = picture["image_url"]["url"].partition(",")
    assert head == "data:image/jpeg;base64"
    return base64.b64decode(data), text["text"]


class _Handler(BaseHTTPRequestHandler):
    state: VisionServer
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None: ...

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        assert self.path == "/v1/chat/completions"
        with self.state.lock:
            self.state.at_once += 1
            self.state.most_at_once = max(self.state.most_at_once, self.state.at_once)
            self.state.bodies.append(body)
            self.state.times.append(time.monotonic())
            self.state.keys.append(self.headers["Authorization"].removeprefix("Bearer "))
        try:
            self._answer(body)
        except OSError:
            self.state.broken_off += 1
            self.close_connection = True
        finally:
            with self.state.lock:
                self.state.at_once -= 1

    def _answer(self, body: dict[str, Any]) -> None:
        for name in self.state.unknown:
            if name in body:
                self._json(
                    400, {"error": {"message": f"Unsupported parameter: '{name}'. {self.state.advice}", "param": name}}
                )
                return
        picture, prompt = _parts(body)
        text = self.state.answer or eyes.markdown(picture)
        asked = {word.partition(":")[0]: word.partition(":")[2] for word in prompt.split() if ":" in word}
        number = text.split()[-1] if text else ""
        deeds = {deed for deed, pages in asked.items() if pages == "*" or number in pages.split(",")}
        if self._refused(deeds, text):
            return
        wanted = int(asked.get("meet", 0))
        self._wait(lambda: self.state.most_at_once >= wanted and "hang" not in deeds)
        ends = time.monotonic() + float(asked.get("slow", 0))
        self._wait(lambda: time.monotonic() >= ends)
        if "empty" in deeds:
            text = ""
        if "loop" in deeds:
            text += "\n\n" + "And so it goes on. " * _ENDLESS
        if "chatter" in deeds:
            text = "And so it goes on. " * _ENDLESS
        usage = {"prompt_tokens": 100, "completion_tokens": len(text.split()), "total_tokens": 100 + len(text.split())}
        if self.state.streams:
            self._stream(text, usage, breaks="break" in deeds and self.state.is_first("break", text))
        else:
            message = {"role": "assistant", "content": text}
            self._json(200, {"choices": [{"index": 0, "message": message, "finish_reason": "stop"}], "usage": usage})

    def _refused(self, deeds: set[str], text: str) -> bool:
        if "limited" in deeds or ("busy" in deeds and self.state.is_first("busy", text)):
            self._json(429, {"error": {"message": "Too many requests"}}, {"Retry-After": "1"})
        elif "error" in deeds and self.state.is_first("error", text):
            self._json(500, {"error": {"message": "Out of memory"}})
        elif "refuse" in deeds:
            self._json(400, {"error": {"message": f"{self.headers['Authorization']} may not do this"}})
        else:
            return False
        return True

    def _wait(self, condition: Callable[[], bool]) -> None:
        """Wait for `condition`, unless the one who asks goes away."""
        self.connection.setblocking(False)
        try:
            while not condition() and not self.state.closing.is_set():
                try:
                    if self.connection.recv(1) == b"":
                        raise ConnectionResetError
                except BlockingIOError:
                    time.sleep(0.02)
        finally:
            self.connection.setblocking(True)

    def _json(self, status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _stream(self, text: str, usage: dict[str, int], *, breaks: bool) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        for start in range(0, len(text), _LETTERS):
            self._event({"choices": [{"index": 0, "delta": {"content": text[start : start + _LETTERS]}}]})
            if breaks:
                self.wfile.write(b"data: {")
                return
        self._event({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
        self._event({"choices": [], "usage": usage})
        self.wfile.write(b"data: [DONE]\n\n")

    def _event(self, chunk: dict[str, Any]) -> None:
        self.wfile.write(b"data: " + json.dumps({"object": "chat.completion.chunk", **chunk}).encode() + b"\n\n")
