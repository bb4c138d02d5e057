from collections.abc import Iterator

import pytest

from tests.servers import postgres, redis, s3
from tests.servers.program import Missing, fail_or_skip


@pytest.fixture(scope="module")
def database() -> Iterator[postgres.Postgres]:
    try:
        with postgres.running() as server:
            yield server
    except Missing as missing:
        fail_or_skip(missing)


@pytest.fixture(scope="module")
def broker() -> Iterator[redis.Redis]:
    try:
        with redis.running() as server:
            yield server
    except Missing as missing:
        fail_or_skip(missing)


@pytest.fixture(scope="module")
def store() -> Iterator[s3.S3]:
    with s3.running() as server:
        yield server
