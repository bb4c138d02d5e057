"""Keeps webhooks from being turned against the server's own network: which URLs are taken, and where they may lead.

A URL's form is checked when it is given and again before each attempt. Where its host leads is looked up once for each
attempt, and the connection is made to the very address that was checked.
"""

import re
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from ipaddress import IPv4Address, ip_address

from django.conf import settings

from jobs.errors import BadWebhookUrl
from jobs.limits import URL_CHARACTERS
from jobs.webhooks.addresses import Address, is_loopback, may_reach
from jobs.webhooks.lookup import begin_lookup

# Stricter than RFC 3986 by intent: what is not plain is read one way by one parser and another way by the next.
_URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>[a-z0-9._-]{1,253}|\[[0-9a-f:.]{2,45}\])(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<path>[/?][!-\[\]-~]*)?",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(0x[0-9a-f]*|[0-9]+)\Z")
_PORTS = {"http": 80, "https": 443}
_LOCAL_NAME = "localhost"
_NO_WAY = "Its host leads to no address on the public internet."


@dataclass(frozen=True)
class Target:
    """A URL in its parts: nobody has to read it a second time. path has the query in it."""

    scheme: str
    host: str
    port: int
    path: str


def read_url(url: str) -> Target:
    """The parts of `url`. Raises BadWebhookUrl when webhooks are not sent to such a one."""
    if len(url) > URL_CHARACTERS:
        raise BadWebhookUrl(f"The URL is longer than {URL_CHARACTERS} characters.")
    found = _URL.fullmatch(url)
    if not found or "#" in url:
        raise BadWebhookUrl(_what_is_wrong(url))
    scheme = found["scheme"].lower()
    port = int(found["port"] or _PORTS[scheme])
    if not 0 < port < 65536:  # noqa: PLR2004 (what TCP has)
        raise BadWebhookUrl(f"There is no port {port}.")
    path = found["path"] or "/"
    target = Target(scheme, _host(found["host"].lower()), port, path if path.startswith("/") else f"/{path}")
    if scheme == "http":
        _check_plain(target)
    return target


def check_reachable(url: str) -> None:
    """Look whether webhooks can be sent to `url`, by its form and by where its host leads now. Raises BadWebhookUrl."""
    target = read_url(url)
    checked(target, answered(begin_lookup(target.host, target.port)))


def answered(lookup: "Future[list[Address]]") -> list[Address]:
    """What a look-up has found, within the time for a connection; nothing when it failed."""
    try:
        return lookup.result(settings.WEBHOOK_CONNECT_S)
    except (OSError, ValueError, TimeoutError):
        return []


def checked(target: Target, addresses: Sequence[Address]) -> Sequence[Address]:
    """`addresses`, if `target` may be reached at each of them. Raises BadWebhookUrl.

    A name that leads both outside and inside is refused as a whole. What it leads to is not said: who asks shall not
    learn from it which names the server's own network has.
    """
    if not addresses or not all(map(may_reach, addresses)):
        raise BadWebhookUrl(_NO_WAY)
    if target.scheme == "http" and not all(map(is_loopback, addresses)):
        raise BadWebhookUrl(_NO_WAY)
    return addresses


def _host(host: str) -> str:
    """`host` without brackets. Raises BadWebhookUrl for an address in a form that only some programs take for one."""
    bare = host.strip("[]")
    if host.startswith("[") or _NUMBER.match(host.rstrip(".").rpartition(".")[2]):
        try:
            address = ip_address(bare)
        except ValueError as error:
            raise BadWebhookUrl("Write the host as a name, or as an address like 203.0.113.7.") from error
        if isinstance(address, IPv4Address) == host.startswith("["):
            raise BadWebhookUrl("Only IPv6 addresses stand in brackets.")
        return str(address)
    return bare


def _check_plain(target: Target) -> None:
    if settings.REQUIRE_LOGIN or not _is_this_machine(target.host):
        raise BadWebhookUrl("Use https; http is only for receivers on this machine while no login is asked for.")


def _is_this_machine(host: str) -> bool:
    try:
        return is_loopback(ip_address(host))
    except ValueError:
        return host == _LOCAL_NAME


def _what_is_wrong(url: str) -> str:
    scheme, _, rest = url.partition("://")
    if scheme.lower() not in _PORTS or not rest:
        return "Write the whole URL, like https://example.org/hook."
    if "@" in re.split(r"[/?#]", rest, maxsplit=1)[0]:
        return "Leave name and password out of the URL; messages are signed instead."
    if "#" in url:
        return "Leave out the part after #."
    return "Write the URL with ASCII characters only: a name as its xn-- form, others as %-codes."
