"""The servers of these tests: they are real, come back where they were, and leave nothing."""

import shutil
from pathlib import Path
from tempfile import gettempdir

import psycopg
import pytest
import redis
from botocore.exceptions import ClientError

from tests.processes import is_gone
from tests.servers import postgres, s3
from tests.servers import redis as redis_server
from tests.servers.program import Missing, path_of


def test_it_has_a_database_that_comes_back_with_what_was_in_it(database: postgres.Postgres) -> None:
    url = database.new_database()
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 'Ärger' AS word")
    for end in (database.stop, database.kill):
        end()
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(url)
        database.start()
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT upper(word) FROM kept").fetchone() == ("ÄRGER",)


def test_it_has_a_queue_that_comes_back_empty(broker: redis_server.Redis) -> None:
    with redis.Redis.from_url(broker.new_database()) as client:
        client.set("key", "value")
        broker.flush()
        assert client.get("key") is None
        client.set("key", "value")
        broker.stop()
        with pytest.raises(redis.ConnectionError):
            client.get("key")
        broker.start()
        assert client.get("key") is None


def test_it_has_a_store_that_gets_into_trouble_and_out_of_it(store: s3.S3) -> None:
    client = store.client()
    client.put_object(Bucket=s3.BUCKET, Key="a/b", Body=b"content")
    store.trouble(status=403, methods="GET")
    with pytest.raises(ClientError):
        client.get_object(Bucket=s3.BUCKET, Key="a/b")
    client.head_object(Bucket=s3.BUCKET, Key="a/b")
    store.heal()
    assert client.get_object(Bucket=s3.BUCKET, Key="a/b")["Body"].read() == b"content"
    assert store.keys("a/") == ["a/b"]
    assert store.requests()["GET"] >= 2


def test_it_leaves_nothing() -> None:
    with s3.running() as store:
        pid = store.pid
        assert list(Path(gettempdir()).glob("pdfjobs-s3-*"))
        folder = store.folder
    assert is_gone(pid)
    assert not folder.exists()


def test_it_names_the_package_of_a_program_that_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert shutil.which("redis-server") is None
    with pytest.raises(Missing, match="package: redis-server"):
        path_of("redis-server", "redis-server")
