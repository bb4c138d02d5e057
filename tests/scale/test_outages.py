"""A server on PostgreSQL, Redis and S3, one of which goes away: it is said, nothing is lost, and work goes on."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import psycopg
import pytest

from tests.pdfs import pages
from tests.server import Server, running, wait_for
from tests.servers import postgres, redis, s3

Answer = httpx.Response


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, database: postgres.Postgres, broker: redis.Redis, store: s3.S3
) -> Iterator[Server]:
    everything = {**database.environment, **broker.environment, **store.environment, "PDFJOBS_DATABASE_POOL": "4"}
    with running(tmp_path_factory.mktemp("scale") / "server", 2, **everything) as server:
        yield server


def assert_away(answer: Answer, code: str) -> None:
    assert (answer.status_code, answer.json()["code"]) == (503, code), answer.text
    assert int(answer.headers["Retry-After"]) > 0


def assert_whole(server: Server, job_id: str, count: int) -> None:
    job = server.wait_until_finished(job_id, timeout_s=120)
    assert (job["status"], job["pages_failed"]) == ("completed", 0), job
    assert [server.result(job_id).count(f"Text of page {number}.") for number in range(1, count + 1)] == [1] * count


def test_it_converts_and_keeps_no_file_on_its_own_disk(server: Server, store: s3.S3) -> None:
    job_id = server.upload(pages(5), engine="fake")
    assert_whole(server, job_id, 5)
    names = sorted(key.rpartition("/")[2][:6] for key in store.keys(f"jobs/{job_id}/"))
    assert names == ["input.", "metada", "pages.", "result"]
    assert server.get(f"/api/jobs/{job_id}/input").content.startswith(b"%PDF-")
    media = server.folder / "media"
    assert [path for path in media.rglob("*") if path.is_file()] == []


def test_its_doctor_names_all_three_and_no_secret(server: Server) -> None:
    said = server.command("doctor").stdout
    assert "PostgreSQL answers at 127.0.0.1" in said
    assert "Redis at 127.0.0.1" in said
    assert "the bucket pdfjobs at http://127.0.0.1" in said
    assert redis.PASSWORD not in said
    assert "test-secret" not in said


def test_it_goes_on_when_postgresql_was_restarted(server: Server, database: postgres.Postgres) -> None:
    job_id = server.upload(pages(20), engine="fake", prompt="slow:0.2")
    server.wait_for_pages(job_id, 3)
    database.stop()
    try:
        assert_away(server.get(f"/api/jobs/{job_id}/status"), "database_unavailable")
        assert_away(server.post("/api/upload", files={"file": ("more.pdf", pages(1))}), "database_unavailable")
        page = server.get("/")
        assert page.status_code == 503
        assert page.headers["Retry-After"]
        assert server.get("/api/health/ready").status_code == 503
        assert server.get("/api/health/live").status_code == 200
    finally:
        database.start()
    wait_for(lambda: server.get(f"/api/jobs/{job_id}/status").status_code == 200, 30, server.output)
    assert_whole(server, job_id, 20)


def test_it_takes_uploads_while_redis_is_away(server: Server, broker: redis.Redis) -> None:
    job_id = server.upload(pages(20), engine="fake", prompt="slow:0.2")
    broker.stop()
    try:
        began = time.monotonic()
        meanwhile = server.upload(pages(2), engine="fake")
        print(f"An upload took {time.monotonic() - began:.2f} s while Redis was away.")
        assert server.get("/api/health/ready").json()["checks"]["broker"]["status"] == "failing"
    finally:
        broker.start()
    assert_whole(server, meanwhile, 2)
    assert_whole(server, job_id, 20)


def test_it_goes_on_when_redis_forgot_everything(server: Server, broker: redis.Redis) -> None:
    jobs = [server.upload(pages(10), engine="fake", prompt="slow:0.2") for _ in range(3)]
    server.wait_for_pages(jobs[0], 2)
    broker.flush()
    for job_id in jobs:
        assert_whole(server, job_id, 10)


@pytest.mark.parametrize("status", [500, 0])
def test_it_gives_work_back_while_s3_is_in_trouble(server: Server, store: s3.S3, status: int) -> None:
    job_id = server.upload(pages(10), engine="fake", prompt="slow:0.2")
    done = server.upload(pages(1), engine="fake")
    assert_whole(server, done, 1)
    store.trouble(status=status)
    try:
        assert_away(server.get(f"/api/jobs/{done}/result"), "storage_unavailable")
        refused = server.post("/api/upload", files={"file": ("more.pdf", pages(1))}, data={"engine": "fake"})
        assert_away(refused, "storage_unavailable")
        assert server.get("/api/health/ready").status_code == 503
    finally:
        store.heal()
    assert_whole(server, job_id, 10)
    assert server.get("/api/jobs?status=failed").json()["count"] == 0


def test_it_bears_a_part_of_s3_s_answers_failing(server: Server, store: s3.S3) -> None:
    store.trouble(share=0.2, delay_s=0.05)
    try:
        jobs = [upload_somehow(server) for _ in range(3)]
        for job_id in jobs:
            server.wait_until_finished(job_id, timeout_s=120)
    finally:
        store.heal()
    for job_id in jobs:
        assert_whole(server, job_id, 5)


def upload_somehow(server: Server) -> str:
    """As a client does that heeds 503."""

    def sent() -> str | None:
        answer = server.post("/api/upload", files={"file": ("a.pdf", pages(5))}, data={"engine": "fake"})
        return str(answer.json()["job_id"]) if answer.status_code == 202 else None

    return wait_for(sent, 60, server.output)


def test_it_waits_for_a_connection_of_the_pool_and_says_when_there_is_none(
    server: Server, database: postgres.Postgres
) -> None:
    job_id = server.upload(pages(1), engine="fake")
    server.wait_until_finished(job_id)
    with psycopg.connect(database.url) as connection:
        connection.execute("LOCK TABLE jobs_job")
        with ExitStack() as stack:
            answers = at_once(stack, [lambda: server.get(f"/api/jobs/{job_id}") for _ in range(8)], connection)
    assert {answer.status_code for answer in answers} == {200, 503}
    for answer in answers:
        if answer.status_code == 503:
            assert_away(answer, "database_unavailable")
    assert server.get(f"/api/jobs/{job_id}").status_code == 200


def at_once(stack: ExitStack, asked: list[Callable[[], Answer]], connection: psycopg.Connection) -> list[Answer]:
    from concurrent.futures import ThreadPoolExecutor

    people = stack.enter_context(ThreadPoolExecutor(len(asked)))
    waiting = [people.submit(each) for each in asked]
    time.sleep(7)
    connection.rollback()
    return [each.result() for each in waiting]


def test_it_redirects_to_the_store_where_that_is_wanted(
    tmp_path: Path, database: postgres.Postgres, store: s3.S3
) -> None:
    url = database.new_database()
    settings = {**database.environment, "DATABASE_URL": url, **store.environment, "PDFJOBS_DOWNLOAD_REDIRECT": "true"}
    with running(tmp_path / "server", 1, **settings, AWS_LOCATION=store.new_prefix()) as server:
        job_id = server.upload(pages(2), name="Über uns.pdf", engine="fake")
        server.wait_until_finished(job_id)
        for path, kind, name in (("result", "text/markdown", "ber%20uns.md"), ("input", "application/pdf", "uns.pdf")):
            answer = server.get(f"/api/jobs/{job_id}/{path}")
            assert answer.status_code == 307
            assert answer.headers["Cache-Control"] == "no-store"
            file = httpx.get(answer.headers["Location"])
            assert file.status_code == 200
            assert file.headers["Content-Type"].startswith(kind)
            assert name in file.headers["Content-Disposition"]
            script = server.get(f"/api/jobs/{job_id}/{path}", headers={"Sec-Fetch-Dest": "empty"})
            assert (script.status_code, script.content) == (200, file.content)
        assert server.get(f"/api/jobs/{job_id}/result?format=text").status_code == 200
