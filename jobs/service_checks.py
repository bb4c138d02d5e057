"""What is wrong with the settings of queue and object store, said before the server starts."""

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error

_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9]")
_STYLES = ("", "auto", "path", "virtual")
# What is of no use without a bucket, each with its variable.
_OF_A_BUCKET = {
    "AWS_S3_ENDPOINT_URL": "AWS_S3_ENDPOINT_URL",
    "AWS_LOCATION": "AWS_LOCATION",
    "AWS_S3_ADDRESSING_STYLE": "AWS_S3_ADDRESSING_STYLE",
    "DOWNLOAD_REDIRECT": "PDFJOBS_DOWNLOAD_REDIRECT",
}


def check_queue(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """E051: Redis can be addressed."""
    if not settings.REDIS_URL or _is_redis(settings.REDIS_URL):
        return []
    return [
        Error(
            "REDIS_URL is no address of a Redis server.",
            hint="Write it like redis://:password@host:6379/0 (rediss:// for TLS), or leave it out.",
            id="jobs.E051",
        )
    ]


def check_object_store(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """E052-E056: the settings of the object store are whole and can be read."""
    bucket, style = settings.AWS_STORAGE_BUCKET_NAME, settings.AWS_S3_ADDRESSING_STYLE
    alone = [variable for name, variable in _OF_A_BUCKET.items() if getattr(settings, name) and not bucket]
    half = bool(bucket) and bool(settings.AWS_ACCESS_KEY_ID) != bool(settings.AWS_SECRET_ACCESS_KEY)
    url = settings.AWS_S3_ENDPOINT_URL
    wrong = (
        ("E052", bool(bucket) and not _BUCKET.fullmatch(bucket), f'AWS_STORAGE_BUCKET_NAME is "{bucket}".',
         "Write the bucket's name alone, without address and slashes."),
        ("E053", bool(url) and not _is_http(url), f'AWS_S3_ENDPOINT_URL is "{url}".',
         "Write it like https://s3.example.org, or leave it out for AWS."),
        ("E054", half, "Only one of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY is set.",
         "Set both, or none where the machine has a role that may use the bucket."),
        ("E055", bool(alone), f"Without a bucket there is no use for {', '.join(alone)}.",
         "Set AWS_STORAGE_BUCKET_NAME, or leave these out."),
        ("E056", style not in _STYLES, f'AWS_S3_ADDRESSING_STYLE is "{style}".',
         "Take path, virtual or auto, or leave it out."),
    )  # fmt: skip
    return [Error(message, hint=hint, id=f"jobs.{key}") for key, is_wrong, message, hint in wrong if is_wrong]


def _is_redis(url: str) -> bool:
    try:
        parts = urlsplit(url)
        database = parts.path.removeprefix("/")
        has_place = bool(parts.path) if parts.scheme == "unix" else bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    is_number = parts.scheme == "unix" or not database or database.isdigit()
    return parts.scheme in ("redis", "rediss", "unix") and has_place and is_number


def _is_http(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0 and not parts.password
    except ValueError:
        return False


ALL = (check_queue, check_object_store)
