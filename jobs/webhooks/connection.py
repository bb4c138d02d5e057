"""One POST to a receiver: to the address that was checked, no redirects, no proxy, no more of the answer than its head.

Built on httpcore and not on a client above it: what is not there can't be left on.
"""

import asyncio
import ssl
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import certifi
import httpcore
from django.conf import settings

from jobs.errors import BadWebhookUrl
from jobs.webhooks.guard import Target, checked
from jobs.webhooks.lookup import begin_lookup

# Of a host with many addresses so many are tried.
_MOST_ADDRESSES = 3


@dataclass(frozen=True)
class Answer:
    """The head of an answer; retry_after is the header as it came."""

    status: int
    retry_after: str


class _Checked(httpcore.AsyncNetworkBackend):
    """Connects to an address of `target` that was just checked; the name is looked up once and never again."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._tcp = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        try:
            lookup = asyncio.wrap_future(begin_lookup(self._target.host, self._target.port))
            addresses = await asyncio.wait_for(lookup, timeout)
        except (OSError, ValueError):
            addresses = []
        tried = checked(self._target, addresses)[:_MOST_ADDRESSES]
        for address in tried[:-1]:
            try:
                return await self._tcp.connect_tcp(str(address), self._target.port, timeout)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return await self._tcp.connect_tcp(str(tried[-1]), self._target.port, timeout)


async def post(target: Target, headers: Mapping[str, str], body: bytes) -> Answer:
    """Send `body` to `target`. Raises BadWebhookUrl, TimeoutError and what httpcore raises."""
    host = f"[{target.host}]" if ":" in target.host else target.host
    url = httpcore.URL(scheme=target.scheme, host=host, port=target.port, target=target.path)
    limits = dict.fromkeys(("connect", "read", "write", "pool"), settings.WEBHOOK_CONNECT_S)
    limits["read"] = settings.WEBHOOK_TOTAL_S
    pool = httpcore.AsyncConnectionPool(ssl_context=tls(), network_backend=_Checked(target), retries=0)
    async with asyncio.timeout(settings.WEBHOOK_TOTAL_S), pool:
        request = pool.stream("POST", url, headers=[*headers.items()], content=body, extensions={"timeout": limits})
        async with request as response:
            found = {name.lower(): value for name, value in response.headers}
            return Answer(response.status, found.get(b"retry-after", b"").decode("latin-1"))


def explain(error: Exception) -> str:
    """Why an attempt has failed, in a sentence that tells nothing but that."""
    if isinstance(error, BadWebhookUrl):
        return error.detail
    if isinstance(error, (TimeoutError, httpcore.TimeoutException)):
        return f"No answer within {settings.WEBHOOK_TOTAL_S:g} seconds."
    certificate = next((each for each in _causes(error) if isinstance(each, ssl.SSLCertVerificationError)), None)
    if certificate:
        return f"Its certificate is not valid: {certificate.verify_message.rstrip('.')}."
    if isinstance(error, httpcore.NetworkError):
        return "No connection, or it broke."
    return "It does not speak HTTP."


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error:
        yield error
        error = error.__cause__ or error.__context__


@cache
def tls() -> ssl.SSLContext:
    """Trusts the system's authorities (SSL_CERT_FILE names others) and those of Mozilla's list."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context
