from collections.abc import Iterator

import pytest

from tests.servers import postgres, redis, s3
from tests.servers.program import needed


@pytest.fixture(scope="module")
def database() -> Iterator[postgres.Postgres]:
    with needed(), postgres.running() as server:
        yield server


@pytest.fixture(scope="module")
def broker() -> Iterator[redis.Redis]:
    with needed(), redis.running() as server:
        yield server


@pytest.fixture(scope="module")
def store() -> Iterator[s3.S3]:
    with s3.running() as server:
        yield server
