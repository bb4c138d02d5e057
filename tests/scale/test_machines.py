"""Several machines over one PostgreSQL, one Redis and one S3: two with the web, two with workers, each with folders of
its own."""

import json
import re
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import psutil
import psycopg
import pytest
from django.conf import settings

from tests.engines.fake import text_of
from tests.pdfs import pages
from tests.server import ROOT, Server, wait_for, with_pid
from tests.servers import postgres, redis, s3

PAGES = 12
SLOW = {"engine": "fake", "prompt": "slow:0.3"}
KEY = "the same on all machines, and nowhere else"


class Fleet:
    """Machines that share `environment`."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.environment = environment
        self._folder = folder
        self._stack = ExitStack()
        self._count = 0

    def machine(self, *options: str, workers: int = 2, **environment: str) -> Server:
        """A machine that runs `serve` with `options`; not started."""
        self._count += 1
        server = Server(
            self._folder / f"machine{self._count}", workers, options=options, **{**self.environment, **environment}
        )
        self._stack.callback(server.close)
        return server

    def web(self, **environment: str) -> Server:
        """A started machine with a web server and no workers."""
        server = self.machine("--web-only", workers=0, **environment)
        server.start()
        return server

    def workers(self, count: int = 2, **environment: str) -> Server:
        """A started machine with workers and no web server."""
        server = self.machine("--workers-only", workers=count, **environment)
        server.start()
        return server

    def close(self) -> None:
        self._stack.close()

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.environment["DATABASE_URL"]) as connection:
            return connection.execute(query).fetchall()


@pytest.fixture
def fleet(tmp_path: Path, database: postgres.Postgres, broker: redis.Redis, store: s3.S3) -> Iterator[Fleet]:
    environment = {
        "DATABASE_URL": database.new_database(),
        "REDIS_URL": broker.new_database(),
        **store.environment,
        "AWS_LOCATION": store.new_prefix(),
        "PDFJOBS_SECRET_KEY": KEY,
    }
    fleet = Fleet(tmp_path, environment)
    yield fleet
    fleet.close()


def whole(count: int) -> str:
    return "".join(f"{text_of(number)}\n\n" for number in range(1, count + 1))


def ready(server: Server) -> dict[str, str]:
    checks: dict[str, Any] = server.get("/api/health/ready").json()["checks"]
    return {name: check["status"] for name, check in checks.items()}


def test_it_starts_in_any_order_on_an_empty_database(fleet: Fleet) -> None:
    machines = [
        fleet.machine("--workers-only"),
        fleet.machine("--web-only", workers=0),
        fleet.machine("--workers-only"),
    ]
    for machine in machines:
        machine.launch()
    for machine in machines:
        machine.wait_until_ready()
    web = machines[1]
    wait_for(lambda: set(ready(web).values()) == {"ok"}, 30, web.output)
    assert fleet.rows("SELECT count(*), sum(workers) FROM jobs_node") == [(3, 4)]
    assert len({name for (name,) in fleet.rows("SELECT name FROM jobs_node")}) == 3
    assert fleet.rows("SELECT count(*) FROM auth_user") == [(1,)]


def test_it_waits_when_there_are_no_workers_anywhere(fleet: Fleet) -> None:
    web = fleet.web()
    job_id = web.upload(pages(2), engine="fake")
    found = ready(web)
    assert found.pop("workers") != "ok"
    assert set(found.values()) == {"ok"}
    assert web.job(job_id)["status"] == "pending"
    fleet.workers()
    assert web.wait_until_finished(job_id)["status"] == "completed"


def test_any_web_machine_answers_for_any_job(fleet: Fleet) -> None:
    first, second = fleet.web(), fleet.web()
    crew = [fleet.workers(), fleet.workers()]
    job_id = first.upload(pages(PAGES), engine="fake", prompt="slow:0.2 photo:1", images="true")
    with second.stream(f"/api/jobs/{job_id}/events") as events:
        said = [line for line in events.iter_lines() if line.startswith("data:")]
    assert json.loads(said[-1].removeprefix("data:"))["status"] == "completed"
    for web in (second, first):
        assert web.job(job_id)["processed_pages"] == PAGES
        assert [page["status"] for page in web.pages(job_id)] == ["done"] * PAGES
        assert text_of(PAGES) in web.result(job_id)
        assert web.get(f"/api/jobs/{job_id}/input").content == pages(PAGES)
        assert web.get(f"/api/jobs/{job_id}/pages/1/image").headers["content-type"].startswith("image/")
        assert web.get(f"/api/jobs/{job_id}/result?format=zip").content.startswith(b"PK")
    assert first.get("/metrics").text.count('pdfjobs_pages_converted_total{engine="fake"} 12.0') == 1
    assert fleet.rows("SELECT count(*) FROM jobs_page WHERE status <> 'done' OR attempts <> 1") == [(0,)]
    assert second.request("DELETE", f"/api/jobs/{job_id}").json() == {"deleted": True}
    assert first.get(f"/api/jobs/{job_id}").status_code == 404
    wait_for(lambda: not [left for machine in crew for left in copies(machine)], 40)


def copies(machine: Server) -> list[str]:
    """The PDFs in the machine's cache."""
    return [path.name for path in (machine.folder / "cache").glob("*.pdf")]


def test_one_session_and_one_token_open_both_web_machines(fleet: Fleet) -> None:
    first, second = (fleet.web(PDFJOBS_REQUIRE_LOGIN="true") for _ in range(2))
    made = first.command("create_token", "admin", "--name", "test")
    assert made.returncode == 0, made.stderr
    bearer = {"Authorization": f"Bearer {made.stdout.split()[-1]}"}
    assert [web.get("/api/jobs", headers=bearer).status_code for web in (first, second)] == [200, 200]
    with httpx.Client() as browser:
        browser.get(f"{first.url}/login")
        password = re.search(r"with the password (\S+)", first.output())
        assert password
        form = {"username": "admin", "password": password[1], "csrfmiddlewaretoken": browser.cookies["csrftoken"]}
        assert browser.post(f"{first.url}/login", data=form).status_code == 302
        assert [browser.get(f"{web.url}/api/jobs").status_code for web in (first, second)] == [200, 200]
    assert second.get("/api/jobs").status_code in (401, 403)


def test_it_fetches_a_pdf_once_on_each_machine(fleet: Fleet, store: s3.S3) -> None:
    web, crew = fleet.web(), fleet.workers(count=3)
    job_id = web.upload(pages(PAGES), **SLOW)
    web.wait_for_pages(job_id, 1)
    before = store.requests()["GET"]
    web.wait_until_finished(job_id)
    # Pages, listings and the archive are no GET of an object of this size in mid-job.
    assert store.requests()["GET"] - before <= 4
    assert copies(crew) == [f"{job_id}.pdf"]


def machines_at_work(fleet: Fleet) -> set[str]:
    return {name for (name,) in fleet.rows("SELECT DISTINCT node FROM jobs_claim")}


def node(machine: Server) -> str:
    return (machine.folder / "run" / "node").read_text()


def test_it_goes_on_when_a_whole_machine_of_workers_dies(fleet: Fleet) -> None:
    web, doomed, other = fleet.web(), fleet.workers(), fleet.workers()
    job_id = web.upload(pages(60), **SLOW)
    wait_for(lambda: machines_at_work(fleet) == {node(doomed), node(other)}, 60, web.output)
    doomed.kill_all()
    job = web.wait_until_finished(job_id, timeout_s=120)
    assert (job["status"], job["pages_failed"]) == ("completed", 0)
    assert web.result(job_id) == whole(60)


@pytest.mark.parametrize("end", ["flush", "restart"])
def test_it_goes_on_when_the_queue_loses_everything(fleet: Fleet, broker: redis.Redis, end: str) -> None:
    web = fleet.web()
    fleet.workers()
    job_id = web.upload(pages(40), **SLOW)
    web.wait_for_pages(job_id, 4)
    if end == "flush":
        broker.flush()
    else:
        broker.stop()
        broker.start()
    through = web.job(job_id)["processed_pages"]
    # What is promised to an operator, not a measure of speed: work goes on within 30 seconds.
    web.wait_for_pages(job_id, min(40, through + 4), timeout_s=30)
    assert web.wait_until_finished(job_id)["status"] == "completed"
    assert web.result(job_id) == whole(40)


def test_it_goes_on_elsewhere_when_a_machine_is_told_to_stop(fleet: Fleet, tmp_path: Path) -> None:
    web, leaving, sign = fleet.web(), fleet.workers(), tmp_path / "go"
    job_id = web.upload(pages(2), engine="fake", prompt=f"until:{sign}")
    wait_for(lambda: machines_at_work(fleet) == {node(leaving)}, 60, web.output)
    staying = fleet.workers()
    with_pid(leaving.pid, signal.SIGTERM)
    wait_for(lambda: machines_at_work(fleet) == {node(staying)}, 60, web.output)
    sign.touch()
    psutil.wait_procs([psutil.Process(leaving.pid)], timeout=15)
    assert web.wait_until_finished(job_id)["status"] == "completed"
    assert fleet.rows("SELECT max(attempts), max(crashes) FROM jobs_page") == [(1, 0)]
    # It was given back; no lease had to run out.
    assert fleet.rows("SELECT count(*) FROM jobs_event WHERE kind = 'recovered'") == [(0,)]


@pytest.mark.parametrize(("by", "queue"), [("3600", "redis"), ("-3600", "database")])
def test_it_does_not_matter_what_a_machine_s_clock_shows(fleet: Fleet, by: str, queue: str) -> None:
    """No lease of the machine is taken by others as long as it lives, and none holds longer when it is dead."""
    if queue == "database":
        fleet.environment.pop("REDIS_URL")
    web, right = fleet.web(), fleet.workers(count=1)
    wrong = fleet.workers(count=1, PYTHONPATH=str(ROOT / "tests" / "shifted_clock"), CLOCK_SHIFT_S=by)
    both = {node(right), node(wrong)}
    job_id = web.upload(pages(20), engine="fake", prompt="slow:4")
    wait_for(lambda: machines_at_work(fleet) == both, 40, web.output)
    web.wait_for_pages(job_id, 2, timeout_s=60)
    wait_for(lambda: machines_at_work(fleet) == both, 40, web.output)
    assert fleet.rows("SELECT max(attempts), sum(crashes) FROM jobs_page") == [(1, 0)]
    wrong.kill_all()
    (lease,) = fleet.rows(
        f"SELECT extract(epoch FROM lease_until - now()) FROM jobs_claim WHERE node = '{node(wrong)}'"
    )
    assert 0 < lease[0] <= settings.LEASE_SECONDS
    wait_for(lambda: machines_at_work(fleet) == {node(right)}, 2 * settings.LEASE_SECONDS, web.output)
    assert fleet.rows("SELECT count(*) FROM jobs_event WHERE kind = 'recovered'") == [(1,)]
