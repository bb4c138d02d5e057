from django.contrib.auth.models import User
from django.test import Client
from django.utils.html import escape
from pytest_django import DjangoAssertNumQueries, Settings

from jobs import services
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
    with django_assert_num_queries(4):  # session, user, job, the pages for those without scripts
        client.get(f"/jobs/{job.job_id}")


def test_it_links_all_forms_of_the_result(client: Client, alice: User, make_job: MakeJob) -> None:
    job = make_job(status="completed")
    client.force_login(alice)
    page = client.get(f"/jobs/{job.job_id}").content.decode()
    for form in FORMATS:
        assert f'href="/api/jobs/{job.job_id}/result?format={form}"' in page


def test_it_tells_all_without_scripts(client: Client, alice: User, make_job: MakeJob) -> None:
    job = make_job(status="processing", total_pages=5, pages_done=3, pages_failed=1)
    client.force_login(alice)
    page = client.get(f"/jobs/{job.job_id}").content.decode()
    for said in ("Converting", "page 3 of 5", "1 page failed", "Page 3: failed", "Page 4: pending"):
        assert said in page
    assert f'href="/api/jobs/{job.job_id}/pages/1"' in page
    assert f'href="/api/jobs/{job.job_id}/pages/3"' not in page


def test_it_lists_long_documents_in_parts(client: Client, alice: User, make_job: MakeJob) -> None:
    job = make_job(status="completed", total_pages=450)
    client.force_login(alice)
    for part, numbers in (("1", range(1, 201)), ("2", range(201, 401)), ("3", range(401, 451)), ("x", range(1, 201))):
        page = client.get(f"/jobs/{job.job_id}?pages={part}").content.decode()
        assert [number for number in range(1, 451) if f'/pages/{number}"' in page] == list(numbers)


def test_it_says_why_a_job_was_purged(client: Client, alice: User, make_job: MakeJob) -> None:
    job = make_job(status="completed")
    services.purge(services.Rules(jobs=0))
    job.refresh_from_db()
    client.force_login(alice)
    page = client.get(f"/jobs/{job.job_id}").content.decode()
    assert "The files of this job were removed" in page
    assert escape(job.purge_reason) in page
    assert 'id="result"' not in page
