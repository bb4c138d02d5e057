from django.contrib.auth.models import User
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from jobs.formats import FORMATS
from tests.conftest import MakeJob

HOSTILE = '"><img src=x onerror=alert(1)>.pdf'


def test_it_shows_the_job(client: Client, alice: User, make_job: MakeJob) -> None:
    job = make_job(filename="report.pdf")
    client.force_login(alice)
    answer = client.get(f"/jobs/{job.job_id}")
    assert answer.status_code == 200
    assert b"<title>report.pdf " in answer.content
    assert f'data-job-id="{job.job_id}"'.encode() in answer.content


def test_it_sends_strangers_to_the_login(client: Client, make_job: MakeJob) -> None:
    address = f"/jobs/{make_job().job_id}"
    answer = client.get(address)
    assert answer.status_code == 302
    assert answer["Location"] == f"/login?next={address}"


def test_it_hides_the_jobs_of_others(client: Client, charlie: User, make_job: MakeJob) -> None:
    job = make_job(filename="secret.pdf")
    client.force_login(charlie)
    answer = client.get(f"/jobs/{job.job_id}")
    assert answer.status_code == 404
    assert b"secret.pdf" not in answer.content


def test_it_does_not_know_a_job_that_is_not_there(client: Client, alice: User) -> None:
    client.force_login(alice)
    assert client.get("/jobs/no_such_job").status_code == 404


def test_it_shows_every_job_where_no_login_is_asked_for(client: Client, settings: Settings, make_job: MakeJob) -> None:
    settings.REQUIRE_LOGIN = False
    assert client.get(f"/jobs/{make_job().job_id}").status_code == 200


def test_it_escapes_the_file_name(client: Client, alice: User, make_job: MakeJob) -> None:
    job = make_job(filename=HOSTILE)
    client.force_login(alice)
    page = client.get(f"/jobs/{job.job_id}").content.decode()
    assert "<img" not in page
    assert page.count("&quot;&gt;&lt;img src=x onerror=alert(1)&gt;.pdf") == 2  # title and heading


def test_it_gives_the_token_that_the_api_asks_for(client: Client, alice: User, make_job: MakeJob) -> None:
    client.force_login(alice)
    client.get(f"/jobs/{make_job().job_id}")
    assert client.cookies["csrftoken"].value


def test_it_leaves_the_progress_to_the_api(
    client: Client, alice: User, make_job: MakeJob, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    job = make_job()
    client.force_login(alice)
    with django_assert_num_queries(3):  # session, user, job
        client.get(f"/jobs/{job.job_id}")


def test_it_links_all_forms_of_the_result(client: Client, alice: User, make_job: MakeJob) -> None:
    job = make_job(status="completed")
    client.force_login(alice)
    page = client.get(f"/jobs/{job.job_id}").content.decode()
    for form in FORMATS:
        assert f'href="/api/jobs/{job.job_id}/result?format={form}"' in page
