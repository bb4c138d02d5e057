"""GET /metrics"""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import DjangoAssertNumQueries, Settings
from rest_framework.test import APIClient

from jobs.models import Job, Node, Tally, tally
from tests.api.conftest import assert_problem
from tests.conftest import MakeJob, Work
from tests.server import ROOT

Sample = tuple[str, frozenset[tuple[str, str]]]


@pytest.fixture
def as_bob(bob: User) -> APIClient:
    client = APIClient()
    client.force_authenticate(bob)
    return client


def samples(text: str) -> dict[Sample, float]:
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def key(metric: str, **labels: str) -> Sample:
    return metric, frozenset(labels.items())


def scraped(client: APIClient) -> dict[Sample, float]:
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain; version=0.0.4")
    return samples(answer.content.decode())


def test_it_counts_jobs_and_what_waits(make_job: MakeJob, as_bob: APIClient) -> None:
    make_job(status="completed")
    make_job(status="processing", total_pages=5, pages_done=2)
    make_job(total_pages=4, created_at=timezone.now() - timedelta(minutes=5))
    make_job(total_pages=4)
    Node.objects.say("here", 3)
    found = scraped(as_bob)
    assert found[key("pdfjobs_jobs", status="pending")] == 2
    assert found[key("pdfjobs_jobs", status="completed")] == 1
    assert found[key("pdfjobs_jobs", status="failed")] == 0
    assert 300 <= found[key("pdfjobs_oldest_waiting_seconds")] < 400
    assert found[key("pdfjobs_pages_waiting")] == 11
    assert found[key("pdfjobs_nodes")] == 1
    assert found[key("pdfjobs_workers")] == 3
    assert found[key("pdfjobs_storage_bytes", kind="files")] > 0
    assert found[key("pdfjobs_database_up")] == 1


def test_it_counts_pages_by_engine_for_good(make_job: MakeJob, work: Work, as_bob: APIClient) -> None:
    make_job(total_pages=3, prompt="slow:0.03 crash:2")
    work()
    Job.objects.all().delete()
    found = scraped(as_bob)
    assert found[key("pdfjobs_pages_converted_total", engine="fake")] == 2
    assert found[key("pdfjobs_pages_failed_total", engine="fake", code="crashed")] == 1
    # For its second try; after that nothing was left to do.
    assert found[key("pdfjobs_sandbox_restarts_total", engine="fake")] == 1
    assert found[key("pdfjobs_page_seconds_count", engine="fake")] == 2
    assert found[key("pdfjobs_page_seconds_sum", engine="fake")] >= 0.06
    assert found[key("pdfjobs_page_seconds_bucket", engine="fake", le="0.025")] == 0
    assert found[key("pdfjobs_page_seconds_bucket", engine="fake", le="+Inf")] == 2


def test_it_adds_up_the_parts_of_a_count(as_bob: APIClient) -> None:
    """Each page is counted in a row chosen at random."""
    for _ in range(50):
        tally.add_page("fast", 0.02)
    assert 1 < Tally.objects.count() <= tally._PARTS
    samples = as_bob.get("/metrics").content.decode()
    assert 'pdfjobs_pages_converted_total{engine="fast"} 50.0' in samples
    assert 'pdfjobs_page_seconds_bucket{engine="fast",le="0.01"} 0.0' in samples
    assert 'pdfjobs_page_seconds_bucket{engine="fast",le="0.025"} 50.0' in samples


def test_it_counts_requests_by_address_and_not_by_job(make_job: MakeJob, as_bob: APIClient) -> None:
    job = make_job()
    status = key("pdfjobs_requests_total", method="GET", route="/api/jobs/{job_id}/status", status="404")
    before = scraped(as_bob).get(status, 0)
    as_bob.get(f"/api/jobs/{job.job_id}/status")
    as_bob.generic("BREW", "/api/coffee")
    text = as_bob.get("/metrics").content.decode()
    assert samples(text)[status] == before + 1
    assert samples(text)[key("pdfjobs_requests_total", method="other", route="unknown", status="404")] >= 1
    assert job.job_id not in text
    assert "report" not in text
    assert "coffee" not in text


def test_it_keeps_to_its_number_of_queries(
    make_job: MakeJob, as_bob: APIClient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for status in ("completed", "processing", "pending"):
        make_job(status=status)
    with django_assert_num_queries(7):
        scraped(as_bob)


def test_it_is_for_staff(as_alice: APIClient, api: APIClient) -> None:
    assert_problem(as_alice.get("/metrics"), 403, "forbidden")
    assert_problem(api.get("/metrics"), 401, "login_required")


@pytest.mark.django_db
def test_it_is_for_everybody_in_the_open_local_mode(api: APIClient, settings: Settings) -> None:
    settings.REQUIRE_LOGIN = False
    assert api.get("/metrics").status_code == 200


@pytest.mark.django_db
def test_it_is_as_open_as_the_operator_wants(api: APIClient, settings: Settings) -> None:
    settings.METRICS = "open"
    assert api.get("/metrics").status_code == 200


def test_it_can_be_switched_off(as_bob: APIClient, settings: Settings) -> None:
    settings.METRICS = "off"
    assert_problem(as_bob.get("/metrics"), 404, "not_found")


COUNT = """
import django
django.setup()
from jobs import metrics
for _ in range(3):
    metrics.count_request("GET", "/here", 200, 0.2)
"""
SHOW = """
import django
django.setup()
from jobs import metrics
print(metrics.exposition().decode())
"""


def test_it_adds_up_what_several_processes_count(tmp_path: Path) -> None:
    environment = {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path), "PDFJOBS_DATA_DIR": str(tmp_path / "data")}
    for _ in range(2):
        run(COUNT, environment)
    found = samples(run(SHOW, environment))
    assert found[key("pdfjobs_requests_total", method="GET", route="/here", status="200")] == 6
    assert found[key("pdfjobs_request_seconds_count", route="/here")] == 6
    assert found[key("pdfjobs_database_up")] == 0  # there is none, and what is there is told all the same


def run(code: str, environment: dict[str, str]) -> str:
    from os import environ

    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**environ, **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
