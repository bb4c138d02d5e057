"""Django-Q2's queue in Redis, with limits on how long Redis is waited for."""

from typing import Any

import redis
from django.conf import settings
from django_q.brokers.redis_broker import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry


class RedisBroker(Redis):  # type: ignore[misc]
    """The queue at REDIS_URL. What broke is tried again at once, what does not answer in time is not."""

    @staticmethod
    def get_connection(list_key: str | None = None) -> Any:
        return redis.Redis.from_url(
            settings.REDIS_URL,
            socket_timeout=settings.REDIS_WAIT_S,
            socket_connect_timeout=settings.REDIS_WAIT_S,
            retry=Retry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,)),
        )
