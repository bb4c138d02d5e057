"""The job of somebody else is not there, whoever asks, whatever for, and whichever way he says who he is.

Every address of the site is walked. One that is new has to be put into the table below; the admin's are found.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from jobs import services
from jobs.models import Claim, IdempotencyKey, Job, Page, Picture, Token, WebhookDelivery, WebhookEndpoint
from tests.api.conftest import assert_problem, body, multipart
from tests.conftest import MakeJob, StoredFiles
from tests.pdfs import pages as pdf_pages
from tests.pictures import store_picture

# Of Alice's job; nobody else may read it anywhere.
SECRET = "alice_s_secret"
PICTURE = "page-00001-01.png"


@dataclass(frozen=True)
class Rule:
    """What strangers, other users, the owner and the staff are answered."""

    stranger: int
    other: int
    owner: int
    staff: int


JOB = Rule(401, 404, 200, 404)
LIST = Rule(401, 200, 200, 200)
STAFF = Rule(401, 403, 403, 200)
PUBLIC = Rule(200, 200, 200, 200)
PAGE = Rule(302, 200, 200, 200)
PAGE_OF_ONE = Rule(302, 404, 200, 404)
FORM_OF_ONE = Rule(302, 404, 302, 404)


@dataclass(frozen=True)
class Address:
    """name is the address's in `urls.py` (its route where it has none). Paths are filled with the names of `Place`.

    job_status is one in which the owner gets what he asks for.
    """

    method: str
    name: str
    path: str
    rule: Rule
    job_status: str = "completed"
    form: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.method} {self.name}"


UPLOAD = multipart(pdf_pages(1), "new.pdf", engine="fake")

ADDRESSES = [
    Address("GET", "job-list", "/api/jobs", LIST),
    Address("GET", "job-together", "/api/jobs/zip?ids={job_id}", JOB),
    Address("GET", "job-detail", "/api/jobs/{job_id}", JOB),
    Address("DELETE", "job-detail", "/api/jobs/{job_id}", JOB),
    Address("GET", "job-status", "/api/jobs/{job_id}/status", JOB, "processing"),
    Address("GET", "job-events", "/api/jobs/{job_id}/events", JOB),
    Address("GET", "job-result", "/api/jobs/{job_id}/result", JOB),
    Address("GET", "job-input", "/api/jobs/{job_id}/input", JOB),
    Address("GET", "job-pages", "/api/jobs/{job_id}/pages", JOB),
    Address("GET", "job-page", "/api/jobs/{job_id}/pages/1", JOB),
    Address("GET", "job-page-image", "/api/jobs/{job_id}/pages/1/image", JOB),
    Address("GET", "job-search", "/api/jobs/{job_id}/search?q=word", JOB),
    Address("GET", "job-picture", f"/api/jobs/{{job_id}}/images/{PICTURE}", JOB),
    Address("POST", "job-cancel", "/api/jobs/{job_id}/cancel", JOB, "processing"),
    Address("POST", "job-retry", "/api/jobs/{job_id}/retry", JOB, "failed"),
    Address("POST", "job-keep", "/api/jobs/{job_id}/keep", JOB),
    Address("POST", "upload", "/api/upload", Rule(401, 202, 202, 202), form=UPLOAD),
    Address("POST", "upload-form", "/upload", Rule(302, 302, 302, 302), form=UPLOAD),
    Address("GET", "limits", "/api/limits", LIST),
    Address("GET", "storage", "/api/storage", LIST),
    Address("GET", "admin-storage", "/api/admin/storage", STAFF),
    Address("POST", "admin-cleanup", "/api/admin/cleanup", STAFF),
    Address("GET", "health-live", "/api/health/live", PUBLIC),
    Address("GET", "health-ready", "/api/health/ready", PUBLIC),
    Address("GET", "schema", "/api/schema", PUBLIC),
    Address("GET", "docs", "/api/docs", PUBLIC),
    Address("GET", "webhook-list", "/api/webhooks", LIST),
    Address("POST", "webhook-list", "/api/webhooks", Rule(401, 400, 400, 400)),
    Address("GET", "webhook-detail", "/api/webhooks/{webhook}", JOB),
    Address("PATCH", "webhook-detail", "/api/webhooks/{webhook}", JOB),
    Address("DELETE", "webhook-detail", "/api/webhooks/{webhook}", JOB),
    Address("POST", "webhook-rotate", "/api/webhooks/{webhook}/rotate", JOB),
    Address("POST", "webhook-test", "/api/webhooks/{webhook}/test", Rule(401, 404, 202, 404)),
    Address("GET", "webhook-deliveries", "/api/webhooks/{webhook}/deliveries", JOB),
    Address("GET", "delivery-list", "/api/deliveries", LIST),
    Address("GET", "delivery-detail", "/api/deliveries/{delivery}", JOB),
    Address("POST", "delivery-resend", "/api/deliveries/{delivery}/resend", Rule(401, 404, 202, 404)),
    Address("GET", "callback-secret", "/api/webhooks/callback-secret", LIST),
    Address("POST", "callback-secret", "/api/webhooks/callback-secret", LIST),
    Address("GET", "metrics", "/metrics", STAFF),
    Address("GET", "webhooks", "/webhooks", PAGE),
    Address("POST", "webhook-add", "/webhooks/add", Rule(302, 400, 400, 400)),
    Address("POST", "webhook-change", "/webhooks/{webhook}/remove", Rule(302, 404, 302, 404)),
    Address("POST", "webhook-change", "/webhooks/{webhook}/test", Rule(302, 404, 302, 404)),
    Address("POST", "webhook-resend", "/webhooks/deliveries/{delivery}/resend", Rule(302, 404, 302, 404)),
    Address("GET", "home", "/", PAGE),
    Address("GET", "job", "/jobs/{job_id}", PAGE_OF_ONE),
    Address("POST", "job-cancel-form", "/jobs/{job_id}/cancel", FORM_OF_ONE, "processing"),
    Address("POST", "job-retry-form", "/jobs/{job_id}/retry", FORM_OF_ONE, "failed"),
    Address("POST", "job-keep-form", "/jobs/{job_id}/keep", FORM_OF_ONE),
    Address("GET", "job-delete-form", "/jobs/{job_id}/delete", PAGE_OF_ONE),
    Address("POST", "job-delete-form", "/jobs/{job_id}/delete", FORM_OF_ONE),
    Address("GET", "tokens", "/tokens", PAGE),
    Address("POST", "token-revoke", "/tokens/{token}/revoke", Rule(302, 404, 302, 404)),
    Address("GET", "login", "/login", PUBLIC),
    Address("GET", "admin/login/", "/admin/login/", PUBLIC),
    Address("POST", "set_language", "/language", Rule(302, 302, 302, 302)),
    Address("GET", "texts", "/texts.js", PUBLIC),
    Address("POST", "logout", "/logout", Rule(302, 302, 302, 302)),
]
OF_A_JOB = [address for address in ADDRESSES if address.rule == JOB and "{job_id}" in address.path]
# What the admin shows to everybody.
ADMIN_FOR_ALL = {"admin:login", "admin:logout"}


# --- who asks ----------------------------------------------------------------------------------------------------


def by_session(person: User) -> APIClient:
    client = APIClient()
    client.force_login(person)
    return client


def by_token(person: User) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {services.make_token(person, 'for a test').secret}")
    return client


WAYS = [by_session, by_token]


def fits(way: Any, address: Address) -> bool:
    """Tokens are for programs."""
    return way is by_session or address.path.startswith(("/api/", "/metrics"))


@dataclass(frozen=True)
class Place:
    """What Alice has, as addresses are filled with it."""

    job: Job
    token: int
    webhook: int
    delivery: str

    def path(self, address: Address) -> str:
        return address.path.format(job_id=self.job.job_id, **vars(self))

    def ask(self, client: APIClient, address: Address) -> tuple[int, bytes]:
        """Status and body of the answer."""
        answer = client.generic(address.method, self.path(address), **address.form)
        if answer.streaming:
            return answer.status_code, b"" if getattr(answer, "is_async", False) else body(answer)
        return answer.status_code, answer.content


@pytest.fixture
def place(make_job: MakeJob, alice: User, request: pytest.FixtureRequest) -> Place:
    asked: dict[str, Any] = request.node.callspec.params if hasattr(request.node, "callspec") else {}
    status = asked["address"].job_status if "address" in asked else "completed"
    job = make_job(status=status, filename=f"{SECRET}.pdf", client_ref=SECRET, prompt=SECRET)
    job.pages.filter(status="done").update(markdown=SECRET)
    store_picture(job, PICTURE, SECRET.encode())
    webhook = WebhookEndpoint.objects.create(owner=alice, url=f"https://93.184.216.34/{SECRET}")
    told: dict[str, Any] = {"owner": alice, "event": "job.completed", "body": SECRET, "status": "failed"}
    delivery = webhook.deliveries.create(url=webhook.url, about=job.job_id, finished_at=timezone.now(), **told)
    return Place(job, services.make_token(alice, SECRET).token.pk, webhook.pk, delivery.message_id)


def everything(stored_files: StoredFiles) -> list[Any]:
    """All of Alice's that there is."""
    rows = [model.objects.order_by("pk") for model in (Page, Picture, Claim)]
    own = [model.objects.filter(**{who: User.objects.get(username="alice")}) for model, who in OWNED]
    return [*(list(query.values()) for query in [*rows, *own]), stored_files()]


OWNED: list[tuple[Any, str]] = [
    (Job, "owner"),
    (Token, "user"),
    (IdempotencyKey, "owner"),
    (WebhookEndpoint, "owner"),
    (WebhookDelivery, "owner"),
]


# --- what they get -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("address", ADDRESSES, ids=str)
def test_it_is_there_for_its_owner(place: Place, alice: User, address: Address, way: Any) -> None:
    if fits(way, address):
        assert place.ask(way(alice), address)[0] == address.rule.owner


@pytest.mark.parametrize("address", ADDRESSES, ids=str)
def test_it_is_not_there_for_strangers(place: Place, stored_files: StoredFiles, address: Address) -> None:
    before = everything(stored_files)
    status, content = place.ask(APIClient(), address)
    assert status == address.rule.stranger
    assert SECRET.encode() not in content
    assert everything(stored_files) == before


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("address", ADDRESSES, ids=str)
def test_it_is_not_there_for_other_users(  # noqa: PLR0917 (two of them are the case)
    place: Place, charlie: User, bob: User, stored_files: StoredFiles, address: Address, way: Any
) -> None:
    if not fits(way, address):
        return
    for person, expected in ((charlie, address.rule.other), (bob, address.rule.staff)):
        client = way(person)
        before = everything(stored_files)
        status, content = place.ask(client, address)
        assert (person.username, status) == (person.username, expected)
        assert SECRET.encode() not in content
        if address.form != UPLOAD:
            assert everything(stored_files) == before


@pytest.mark.parametrize("address", OF_A_JOB, ids=str)
def test_it_can_not_be_told_from_one_that_is_not(place: Place, charlie: User, address: Address) -> None:
    client = by_session(charlie)
    there = assert_problem(client.generic(address.method, place.path(address)), 404, "job_not_found")
    nowhere = address.path.format(job_id="no_such_job")
    assert assert_problem(client.generic(address.method, nowhere), 404, "job_not_found")["detail"] == there["detail"]


@pytest.mark.parametrize("address", OF_A_JOB, ids=str)
def test_nobody_s_job_is_not_there_once_a_login_is_asked_for(
    place: Place, alice: User, bob: User, address: Address
) -> None:
    Job.objects.update(owner=None)
    for person in (alice, bob):
        assert place.ask(by_session(person), address)[0] == 404


@pytest.mark.parametrize("path", ["/media/jobs/{}/input.pdf", "/jobs/{}/result.md", "/static/jobs/{}/input.pdf"])
def test_it_has_no_address_of_its_file(as_alice: APIClient, make_job: MakeJob, path: str) -> None:
    assert as_alice.get(path.format(make_job(status="completed").job_id)).status_code == 404


# --- the admin ---------------------------------------------------------------------------------------------------


def test_the_admin_is_for_the_staff(place: Place, alice: User, charlie: User, stored_files: StoredFiles) -> None:
    before = everything(stored_files)
    clients = [APIClient(), by_session(alice), by_session(charlie)]
    paths = [path_of(pattern, place) for name, pattern in walked().items() if in_admin(name)]
    assert len(paths) > 40
    for path in paths:
        for method, client in ((method, client) for method in ("GET", "POST") for client in clients):
            answer = client.generic(method, path)
            assert answer.status_code in {302, 403, 404}, path
            assert "/login" in answer.get("Location", "/login"), path
            assert SECRET.encode() not in answer.content, path
    assert everything(stored_files) == before


def test_the_staff_see_all_in_the_admin(place: Place, bob: User) -> None:
    client = by_session(bob)
    assert SECRET.encode() in client.get("/admin/jobs/job/").content
    assert SECRET.encode() in client.get(f"/admin/jobs/job/{place.job.pk}/change/").content


def test_tokens_do_not_open_the_admin(place: Place, bob: User) -> None:
    assert by_token(bob).get("/admin/jobs/job/").status_code == 302


# --- the table is whole ------------------------------------------------------------------------------------------


def test_it_covers_every_address() -> None:
    known = {address.name for address in ADDRESSES} | ADMIN_FOR_ALL
    missing = sorted({name for name in walked() if not in_admin(name)} - known)
    assert missing == [], "Put these into the table ADDRESSES, with who may get what."


def test_it_covers_every_method_of_the_api() -> None:
    asked = {(address.name, address.method) for address in ADDRESSES}
    there = {(name, method) for name, pattern in walked().items() for method in methods(pattern)}
    assert sorted(there - asked) == []


@cache
def walked() -> dict[str, URLPattern]:
    """All addresses of the site by their names, or by their routes where they have none."""
    return dict(_walk(get_resolver(), "", ""))


def _walk(resolver: URLResolver, namespace: str, route: str) -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        here = route + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern, inner, here)
        else:
            pattern.full_route = here  # type: ignore[attr-defined]
            yield f"{namespace}{pattern.name}" if pattern.name else here, pattern


def in_admin(name: str) -> bool:
    known = {address.name for address in ADDRESSES} | ADMIN_FOR_ALL
    return name.startswith(("admin:", "admin/")) and name not in known


def methods(pattern: URLPattern) -> set[str]:
    """What a view of the API answers, HEAD and OPTIONS left out."""
    view: Any = pattern.callback
    if actions := getattr(view, "actions", None):
        return {method.upper() for method in actions} - {"HEAD"}
    kind = getattr(view, "cls", None)
    return {method for method in ("GET", "POST", "PUT", "PATCH", "DELETE") if hasattr(kind, method.lower())}


def path_of(pattern: URLPattern, place: Place) -> str:
    """An address of the admin, filled with the keys of what is Alice's."""
    route: str = pattern.full_route  # type: ignore[attr-defined]
    keys = {"/token/": place.token, "/webhookendpoint/": place.webhook}
    fillings = {"name": "keep", "content_type_id": "1"}
    key = str(next((key for kind, key in keys.items() if kind in route), place.job.pk))
    filled = re.sub(r"\^?\(\?P<\w+>[^)]*\)(/?)\$", r"jobs\1", route)
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda match: fillings.get(match[1], key), filled)


def test_open_mode_is_for_one_user(place: Place, settings: Settings) -> None:
    """No login is asked for, so all is his."""
    settings.REQUIRE_LOGIN = False
    assert SECRET.encode() in APIClient().get("/api/jobs").content
