"""Webhooks must not be a way into the server's own network: which URLs and addresses are refused."""

import socket
from collections.abc import Callable
from ipaddress import ip_address
from threading import Event
from typing import Any

import pytest
from pytest_django import Settings

from jobs.errors import BadWebhookUrl
from jobs.webhooks.addresses import is_public, may_reach
from jobs.webhooks.guard import check_reachable, checked, read_url

PUBLIC = "93.184.216.34"
INSIDE = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:a9fe:a9fe",
    "::ffff:0:127.0.0.1",
    "64:ff9b::127.0.0.1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:2::1",
    "2001:10::1",
    "2001:20::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:a9fe:a9fe::1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
]
OUTSIDE = [
    PUBLIC,
    "1.1.1.1",
    "172.32.0.1",
    "100.128.0.1",
    "2606:2800:220:1::1",
    "2a00:1450::1",
    f"::ffff:{PUBLIC}",
    f"64:ff9b::{PUBLIC}",
]


@pytest.mark.parametrize("address", INSIDE)
def test_it_does_not_go_inside(address: str) -> None:
    assert not is_public(ip_address(address))
    assert not may_reach(ip_address(address))


@pytest.mark.parametrize("address", OUTSIDE)
def test_it_goes_outside(address: str) -> None:
    assert may_reach(ip_address(address))


@pytest.mark.parametrize("address", ["10.1.2.3", "::ffff:10.1.2.3", "64:ff9b::10.1.2.3", "fd00::7"])
def test_it_goes_where_the_operator_allows(settings: Settings, address: str) -> None:
    settings.WEBHOOK_ALLOW_PRIVATE = ["10.1.0.0/16", " fd00::/8"]
    assert may_reach(ip_address(address))
    assert not may_reach(ip_address("10.2.0.1"))
    assert not may_reach(ip_address("fc00::1"))


@pytest.mark.parametrize("address", ["10.1.2.3", "127.0.0.1", "::1", "169.254.169.254"])
def test_it_goes_everywhere_if_the_operator_says_so(settings: Settings, address: str) -> None:
    settings.WEBHOOK_ALLOW_PRIVATE = ["true"]
    assert may_reach(ip_address(address))
    settings.WEBHOOK_ALLOW_PRIVATE = ["false"]
    assert not may_reach(ip_address(address))


def test_it_goes_to_this_machine_where_no_login_is_asked_for(settings: Settings) -> None:
    settings.REQUIRE_LOGIN = False
    assert may_reach(ip_address("127.0.0.1"))
    assert may_reach(ip_address("::1"))
    assert may_reach(ip_address("::ffff:127.0.0.1"))
    assert not may_reach(ip_address("10.0.0.1"))
    assert not may_reach(ip_address("169.254.169.254"))


def test_it_reads_a_url() -> None:
    target = read_url("HTTPS://Example.ORG:8443?a=%20&b=[1]")
    assert (target.scheme, target.host, target.port, target.path) == ("https", "example.org", 8443, "/?a=%20&b=[1]")
    assert read_url("https://[2606:2800::1]/x").host == "2606:2800::1"
    assert read_url("https://example.org").port == 443


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org/hook",
        "//example.org/hook",
        "ftp://example.org/",
        "file:///etc/passwd",
        "gopher://example.org/",
        "javascript:alert(1)",
        "https://",
        "https:///hook",
        "https:example.org",
        "https://user@example.org/",
        "https://user:word@example.org/",
        "https://example.org@127.0.0.1/",
        "https://example.org\\@127.0.0.1/",
        "https://example.org/\\evil",
        "https://example.org/#@127.0.0.1",
        "https://example.org/a b",
        "https://example.org/\r\nHost: inside",
        "https://example.org\n",
        " https://example.org",
        "https://exam\tple.org/",
        "https://example.org/\0",
        "https://münchen.example/",
        "https://ⓔxample.org/",
        "https://①②⑦.0.0.1/",
        "https://example.org:0/",
        "https://example.org:65536/",
        "https://example.org:port/",
        "https://example.org:/",
        "https://%31%32%37.0.0.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0x7f.1/",
        "https://0177.0.0.1/",
        "https://127.1/",
        "https://127.0.0.01/",
        "https://127.0.0.1./",
        "https://1.2.3.256/",
        "https://017700000001/",
        "https://example.0x1/",
        "https://[127.0.0.1]/",
        "https://[::1/",
        "https://[::1%25lo]/",
        "https://[fe80::1%eth0]/",
        "https://[v1.x]/",
        "https://example.org/" + "a" * 2000,
    ],
)
def test_it_refuses_what_is_no_plain_url(url: str) -> None:
    with pytest.raises(BadWebhookUrl):
        read_url(url)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("example.org", "whole URL"),
        ("https://a:b@example.org/", "name and password"),
        ("https://example.org/#x", "after #"),
        ("https://münchen.example/", "xn--"),
        ("https://0x7f.1/", "203.0.113.7"),
        ("http://example.org/", "Use https"),
    ],
)
def test_it_says_what_to_do(url: str, said: str) -> None:
    with pytest.raises(BadWebhookUrl, match=said):
        read_url(url)


@pytest.mark.parametrize("url", ["http://example.org/", f"http://{PUBLIC}/", "http://10.0.0.1/", "http://localhost.x/"])
def test_it_takes_plain_http_only_on_this_machine(settings: Settings, url: str) -> None:
    settings.REQUIRE_LOGIN = False
    settings.WEBHOOK_ALLOW_PRIVATE = ["true"]
    with pytest.raises(BadWebhookUrl):
        read_url(url)


@pytest.mark.parametrize("url", ["http://127.0.0.1:5000/", "http://localhost/", "http://[::1]/", "http://127.9.9.9/"])
def test_it_takes_plain_http_only_where_no_login_is_asked_for(settings: Settings, url: str) -> None:
    with pytest.raises(BadWebhookUrl):
        read_url(url)
    settings.REQUIRE_LOGIN = False
    assert read_url(url).scheme == "http"


def test_it_does_not_believe_the_name_localhost(settings: Settings) -> None:
    settings.REQUIRE_LOGIN = False
    target = read_url("http://localhost/")
    assert checked(target, [ip_address("127.0.0.1")])
    with pytest.raises(BadWebhookUrl):
        checked(target, [ip_address(PUBLIC)])


Names = Callable[[dict[str, list[str]]], None]


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    """`names({"a.example": ["93.184.216.34"]})`: what the system's resolver knows, and nothing else."""

    def know(known: dict[str, list[str]]) -> None:
        def look_up(host: str, port: int, **_: Any) -> list[Any]:
            if host not in known:
                raise socket.gaierror(socket.EAI_NONAME, "unknown")
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in known[host]]

        monkeypatch.setattr(socket, "getaddrinfo", look_up)

    return know


def test_it_takes_a_name_that_leads_outside(names: Names) -> None:
    names({"good.example": [PUBLIC, "2606:2800::1"]})
    check_reachable("https://good.example/hook")


@pytest.mark.parametrize("addresses", [["10.0.0.1"], [PUBLIC, "127.0.0.1"], [PUBLIC, "::1"], ["::ffff:10.0.0.1"], []])
def test_it_refuses_a_name_that_leads_inside_at_all(names: Names, addresses: list[str]) -> None:
    names({"bad.example": addresses})
    with pytest.raises(BadWebhookUrl):
        check_reachable("https://bad.example/hook")


def test_it_does_not_tell_which_names_there_are_inside(names: Names) -> None:
    names({"inside.example": ["10.0.0.1"]})
    with pytest.raises(BadWebhookUrl) as there:
        check_reachable("https://inside.example/")
    with pytest.raises(BadWebhookUrl) as not_there:
        check_reachable("https://nowhere.example/")
    assert there.value.detail == not_there.value.detail


@pytest.mark.parametrize("host", ["a..example", "x" * 64 + ".example", "-", "."])
def test_it_refuses_names_that_can_not_be(host: str) -> None:
    with pytest.raises(BadWebhookUrl):
        check_reachable(f"https://{host}/")


def test_it_does_not_wait_for_a_resolver_that_is_silent(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.WEBHOOK_CONNECT_S = 0.1
    answers = Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answers.wait(30) and [])
    with pytest.raises(BadWebhookUrl):
        check_reachable("https://slow.example/")
    answers.set()
