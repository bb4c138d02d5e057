"""Which IP addresses webhooks may go to: those of the public internet, and what the operator allows."""

from collections.abc import Iterable
from functools import cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

from django.conf import settings

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_LOOPBACK = ("127.0.0.0/8", "::1/128")
_UNICAST = IPv6Network("2000::/3")  # all that was ever given out for public use
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052

# What `is_global` of one Python version or another calls global and no receiver of webhooks can have: special purposes
# and tunnels of IANA's registries, and an address in public space at which Azure answers its own machines.
_SPECIAL: tuple[Network, ...] = (
    IPv4Network("192.0.0.0/24"),
    IPv4Network("192.88.99.0/24"),
    IPv4Network("168.63.129.16/32"),
    IPv6Network("2001::/23"),  # Teredo, ORCHID, benchmarks
    IPv6Network("2002::/16"),  # 6to4
    IPv6Network("3fff::/20"),  # documentation
)


def may_reach(address: Address) -> bool:
    """Whether webhooks may go to `address`; for one that carries an IPv4 address that one counts."""
    address = carried(address)
    return is_public(address) or _is_in(address, allowed_networks())


def is_loopback(address: Address) -> bool:
    """Whether it is this machine."""
    return _is_in(carried(address), _networks(_LOOPBACK))


def is_public(address: Address) -> bool:
    """Whether it can be somebody's on the public internet."""
    if address.is_multicast or not address.is_global or _is_in(address, _SPECIAL):
        return False
    return isinstance(address, IPv4Address) or address in _UNICAST


def carried(address: Address) -> Address:
    """The IPv4 address that an IPv6 address stands for (mapped, or behind NAT64), else `address` itself."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return address.ipv4_mapped
        if address in _NAT64:
            return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def allowed_networks() -> tuple[Network, ...]:
    """What may be reached besides the public internet: what the settings name, and this machine in local mode."""
    return _networks((*named_networks(), *(() if settings.REQUIRE_LOGIN else _LOOPBACK)))


def named_networks() -> tuple[str, ...]:
    """The networks of the setting as text; "true" stands for all that there are."""
    named = tuple(text.strip() for text in settings.WEBHOOK_ALLOW_PRIVATE if text.strip())
    if [text.lower() for text in named] == ["true"]:
        return ("0.0.0.0/0", "::/0")
    return () if [text.lower() for text in named] == ["false"] else named


@cache
def _networks(texts: tuple[str, ...]) -> tuple[Network, ...]:
    return tuple(map(ip_network, texts))


def _is_in(address: Address, networks: Iterable[Network]) -> bool:
    return any(address in network for network in networks)
