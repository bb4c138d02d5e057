"""Asking a model by the OpenAI chat completions protocol, several questions at once.

HTTP happens in a thread with an event loop of its own: there a question can be dropped at any moment, be it while it
connects, waits or reads. Import this module only where questions are asked: `openai` takes a second to load.
"""

import asyncio
import threading
import time
from collections.abc import Coroutine
from concurrent.futures import Future
from email.utils import parsedate_to_datetime
from typing import Any

import openai
from openai.types import CompletionUsage

from jobs.engines.vision import Answer, Endpoint, Question, VisionFailure
from jobs.engines.vision.repetition import Watch

_PAUSES = (0, 0.5, 1, 2, 4, 8, 16)  # seconds before each try, where the endpoint does not ask for more
_BUSY = (408, 409, 425, 429)  # answers that another try may better; besides them all of a server's own errors
_SERVER_ERRORS = 500
_WRONG = (400, 422)
# What not every endpoint knows: left out when it says so.
_DISPENSABLE = ("temperature", "stream_options", "skip_special_tokens")
_MOST_LETTERS = 1_000_000  # of an answer, from an endpoint that does not keep to max_tokens
_CONNECT_S = 10.0
_STOP_S = 5.0


class Desk:
    """Asks while it is open; `close` drops what is not answered."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="vision", daemon=True)
        self._thread.start()
        self._inquirer = self._run(_opened(endpoint)).result()

    def ask(self, question: Question) -> "Future[Answer]":
        """The answer to come; it raises VisionFailure. Cancelling it drops the request at once."""
        return self._run(self._inquirer.ask(question))

    def close(self) -> None:
        self._run(self._inquirer.close()).result(_STOP_S)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_STOP_S)
        self._loop.close()

    def _run(self, work: Coroutine[Any, Any, Any]) -> "Future[Any]":
        return asyncio.run_coroutine_threadsafe(work, self._loop)


async def _opened(endpoint: Endpoint) -> "_Inquirer":
    return _Inquirer(endpoint)


class _Inquirer:
    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._client = openai.AsyncOpenAI(
            base_url=endpoint.base_url,
            api_key=endpoint.api_key or "none",
            max_retries=0,  # its own can't be dropped while they wait, and give up on long Retry-After
            timeout=openai.Timeout(endpoint.timeout_s, connect=min(_CONNECT_S, endpoint.timeout_s)),
        )
        self._limits: dict[str, Any] = {"max_tokens": endpoint.max_tokens}
        self._unknown: set[str] = set()

    async def close(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self._client.close()

    async def ask(self, question: Question) -> Answer:
        """Raises VisionFailure."""
        trouble: list[VisionFailure] = []
        try:
            async with asyncio.timeout(self._endpoint.timeout_s):
                return await self._asked(question, trouble)
        except TimeoutError as error:
            seconds = f"{self._endpoint.timeout_s:g} seconds"
            if trouble:
                raise VisionFailure("vision", f"{trouble[-1].reason} It was tried again for {seconds}.") from error
            raise VisionFailure("timeout", f"The vision model took longer than {seconds}.") from error

    async def _asked(self, question: Question, trouble: list[VisionFailure]) -> Answer:
        """Ask until there is an answer or no hope; what went wrong on the way is added to `trouble`."""
        told_to_wait = 0.0
        for pause in _PAUSES:
            await asyncio.sleep(max(pause, told_to_wait))
            told_to_wait = 0.0
            try:
                return await self._once(question)
            except openai.APIStatusError as error:
                trouble.append(self._refusal(error))
                if not (_is_passing(error) or self._gives_way(error)):
                    break
                told_to_wait = _retry_after_s(error)
            except (openai.APIError, ValueError) as error:
                trouble.append(self._silence(error))
        raise trouble[-1]

    async def _once(self, question: Question) -> Answer:
        response: Any = await self._client.chat.completions.with_raw_response.create(
            model=self._endpoint.model, messages=[_message(question)], stream=True, **self._parameters(question)
        )
        if "json" in response.headers.get("content-type", ""):
            return _whole(await self._read(response.http_response))
        return await _streamed(response.parse())

    async def _read(self, response: Any) -> dict[str, Any]:
        await response.aread()
        body: dict[str, Any] = response.json()
        return body

    def _parameters(self, question: Question) -> dict[str, Any]:
        known = {"temperature": 0, "stream_options": {"include_usage": True}}
        return {
            **self._limits,
            **{name: value for name, value in known.items() if name not in self._unknown},
            "extra_body": {name: value for name, value in question.extra.items() if name not in self._unknown},
        }

    def _gives_way(self, error: openai.APIStatusError) -> bool:
        """Whether the endpoint dislikes a parameter that it need not be sent, from now on."""
        said = str(error).lower()
        if error.status_code not in _WRONG:
            return False
        if "max_completion_tokens" in said and "max_tokens" in self._limits:
            self._limits = {"max_completion_tokens": self._endpoint.max_tokens}
            return True
        disliked = {name for name in _DISPENSABLE if name in said}
        self._unknown |= disliked
        return bool(disliked)

    def _refusal(self, error: openai.APIStatusError) -> VisionFailure:
        said = error.body.get("message") if isinstance(error.body, dict) else None
        return self._failure(f"The vision endpoint answered {error.status_code}: {said or error.message}")

    def _silence(self, error: Exception) -> VisionFailure:
        if isinstance(error, openai.APIConnectionError):
            why = str(error.__cause__ or error) or type(error).__name__
            return self._failure(f"The vision endpoint can't be reached, or broke off: {why}")
        return self._failure(f"The vision endpoint gave an answer that can't be read: {error}")

    def _failure(self, reason: str) -> VisionFailure:
        """A failure that people may read: endpoints repeat what they were sent."""
        if self._endpoint.api_key:
            reason = reason.replace(self._endpoint.api_key, "…")
        reason = " ".join(reason.split())[:300].rstrip()
        return VisionFailure("vision", reason if reason.endswith((".", "…")) else f"{reason}.")


def _message(question: Question) -> Any:
    picture = {"type": "image_url", "image_url": {"url": f"data:image/jpeg;base64,{question.picture}"}}
    return {"role": "user", "content": [picture, {"type": "text", "text": question.prompt}]}


def _whole(body: dict[str, Any]) -> Answer:
    """The answer of an endpoint that does not stream. Raises ValueError."""
    try:
        choice = body["choices"][0]
        usage = CompletionUsage.model_validate(body["usage"]) if body.get("usage") else None
        text = str(choice["message"]["content"] or "")
    except (KeyError, IndexError, TypeError) as error:
        raise ValueError("there is no message in it") from error
    return Answer(text, _usage(usage), is_cut=choice.get("finish_reason") == "length")


async def _streamed(stream: Any) -> Answer:
    """The answer piece by piece, until it ends or repeats itself. Raises ValueError."""
    text, usage, end, watch = "", None, "", Watch()
    async with stream:
        async for chunk in stream:
            usage = chunk.usage or usage
            for choice in chunk.choices[:1]:
                text += choice.delta.content or ""
                end = choice.finish_reason or end
            if watch.is_looping(text):
                return Answer(text, _usage(usage), repeats=True)
            if len(text) > _MOST_LETTERS:
                return Answer(text, _usage(usage), is_cut=True)
    if not end and usage is None:
        raise ValueError("it broke off in the middle")
    return Answer(text, _usage(usage), is_cut=end == "length")


def _usage(usage: CompletionUsage | None) -> dict[str, int]:
    if usage is None:
        return {}
    return {"prompt_tokens": usage.prompt_tokens, "completion_tokens": usage.completion_tokens}


def _is_passing(error: openai.APIStatusError) -> bool:
    return error.status_code in _BUSY or error.status_code >= _SERVER_ERRORS


def _retry_after_s(error: openai.APIStatusError) -> float:
    """What the endpoint asks us to wait (RFC 9110, 10.2.3: seconds or a date); 0 where it does not."""
    told = error.response.headers.get("retry-after", "")
    try:
        return float(told) if told[:1].isdecimal() else parsedate_to_datetime(told).timestamp() - time.time()
    except ValueError:
        return 0.0
