"""Who may do what in the admin: view looks, change works, delete deletes; all others stay outside."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from jobs.models import Job
from tests.conftest import MakeJob
from tests.gui.test_admin_list import LIST

CLEAN_UP = "/admin/jobs/job/clean-up/"


@pytest.fixture
def staff(client: Client, charlie: User) -> Client:
    """The browser of Charlie, who is staff now; `permit` says what he may."""
    User.objects.filter(pk=charlie.pk).update(is_staff=True)
    client.force_login(charlie)
    return client


def permit(*names: str) -> None:
    charlie = User.objects.get(username="charlie")
    charlie.user_permissions.set(Permission.objects.filter(codename__in=[f"{name}_job" for name in names]))


def actions(client: Client) -> list[str]:
    return [name for name in re.findall(r'<option value="(\w+)"', client.get(LIST).content.decode()) if name]


def allowed(client: Client, job: Job) -> set[str]:
    """What is answered, of all that there is."""
    page = f"/admin/jobs/job/{job.pk}"
    answers = {
        "list": client.get(LIST),
        "page": client.get(f"{page}/change/"),
        "input": client.get(f"{page}/input/"),
        "ask clean-up": client.get(CLEAN_UP),
        "ask delete": client.get(f"{page}/delete/"),
        "keep": client.post(f"{page}/do/keep/"),
        "clean up": client.post(CLEAN_UP),
        "delete": client.post(f"{page}/delete/", {"post": "yes"}),
    }
    read(answers["input"])
    return {name for name, answer in answers.items() if answer.status_code != 403 and "/login" not in place(answer)}


def read(answer: Any) -> None:
    """To the end, so that the file is closed."""
    list(answer)


def place(answer: Any) -> str:
    return str(answer.get("Location", ""))


def test_it_lets_nobody_in_who_is_not_staff(client: Client, alice: User, make_job: MakeJob) -> None:
    job = make_job()
    assert allowed(client, job) == set()
    client.force_login(alice)
    assert allowed(client, job) == set()


def test_it_lets_staff_without_permission_see_nothing(staff: Client, make_job: MakeJob) -> None:
    assert allowed(staff, make_job()) == set()


def test_it_lets_viewers_look_and_download(staff: Client, make_job: MakeJob) -> None:
    permit("view")
    assert allowed(staff, make_job()) == {"list", "page", "input"}
    assert actions(staff) == []


def test_it_offers_viewers_nothing_else(staff: Client, make_job: MakeJob) -> None:
    permit("view")
    job = make_job()
    assert CLEAN_UP not in staff.get(LIST).content.decode()
    page = staff.get(f"/admin/jobs/job/{job.pk}/change/").content.decode()
    assert "/do/" not in page
    assert "/delete/" not in page


def test_it_takes_no_action_of_viewers(staff: Client, make_job: MakeJob) -> None:
    permit("view")
    job = make_job()
    for action in ("cancel", "delete_selected"):
        staff.post(LIST, {"action": action, "_selected_action": [job.pk], "post": "yes"})
    assert Job.objects.get().status == "pending"


def test_it_lets_those_who_may_change_work(staff: Client, make_job: MakeJob) -> None:
    permit("change")
    assert allowed(staff, make_job()) == {"list", "page", "input", "keep", "ask clean-up", "clean up"}
    assert actions(staff) == ["cancel", "retry", "keep", "stop_keeping"]


def test_it_lets_those_who_may_delete_delete(staff: Client, make_job: MakeJob) -> None:
    permit("view", "delete")
    make_job()
    assert actions(staff) == ["delete_selected"]
    assert allowed(staff, make_job()) == {"list", "page", "input", "ask delete", "delete"}


@pytest.mark.parametrize("name", ["ormq", "success", "failure", "schedule"])
def test_it_leaves_the_queue_to_be_looked_at(client: Client, bob: User, name: str) -> None:
    client.force_login(bob)
    assert client.get(f"/admin/django_q/{name}/").status_code == 200


def test_it_shows_jobs_and_queue_on_its_first_page(client: Client, bob: User) -> None:
    client.force_login(bob)
    text = client.get("/admin/").content.decode()
    assert LIST in text
    assert "/admin/django_q/" in text
