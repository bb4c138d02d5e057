"""What is wrong with the settings, said before the server starts. Each message has a hint that says what to change."""

import os
import re
from collections.abc import Sequence
from ipaddress import ip_network
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error
from django.db import connection

from jobs import storage
from jobs.engines.vision.presets import PRESETS
from jobs.limits import GIB, cores, limits
from jobs.webhooks.addresses import named_networks

# Less does not even load the nets.
_LEAST_MEMORY_MB = 600


def check_limits(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """E001-E005, E007-E011, E021-E025, E041-E044, E050: the limits are numbers that can work."""
    wanted: tuple[tuple[str, str, float, int], ...] = (
        ("E001", "MAX_UPLOAD_MB", 1, 100_000),
        ("E002", "MAX_PAGES", 1, 1_000_000),
        ("E003", "PAGE_TIMEOUT_S", 1, 3600),
        ("E004", "PAGE_MEMORY_MB", _LEAST_MEMORY_MB, 1_000_000),
        ("E005", "WORKERS", 0, 256),
        ("E007", "MAX_JOBS", 1, 10_000_000),
        ("E008", "MAX_STORAGE_GB", 0.001, 1_000_000),
        ("E009", "RETENTION_DAYS", 0, 36_500),
        ("E011", "CACHE_GB", 0.001, 1_000_000),
        ("E010", "MIN_FREE_DISK_MB", 10, 1_000_000),
        ("E041", "VISION_CONCURRENCY", 1, 256),
        ("E042", "VISION_TIMEOUT_S", 1, 3600),
        ("E043", "VISION_DPI", 36, 600),
        ("E044", "VISION_MAX_TOKENS", 16, 1_000_000),
        ("E021", "USER_REQUESTS_PER_MINUTE", 0, 1_000_000),
        ("E022", "USER_UPLOADS_PER_HOUR", 0, 1_000_000),
        ("E023", "USER_ACTIVE_PAGES", 0, 10_000_000),
        ("E024", "USER_STORAGE_GB", 0, 1_000_000),
        ("E025", "TRUSTED_PROXIES", 0, 10),
        ("E050", "DATABASE_POOL", 2, 1000),
    )
    return [
        Error(
            f"PDFJOBS_{name} is {getattr(settings, name)}.",
            hint=f"Set it to a number from {least} to {most}.",
            id=f"jobs.{key}",
        )
        for key, name, least, most in wanted
        if not least <= getattr(settings, name) <= most
    ]


def check_workers(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """W001: more workers than cores only get in each other's way."""
    if limits().workers <= cores():
        return []
    return [
        checks.Warning(
            f"PDFJOBS_WORKERS is {limits().workers}, this machine has {cores()} cores.",
            hint="Each worker keeps one core busy; set it to the number of cores, or to 0.",
            id="jobs.W001",
        )
    ]


def check_folders(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """E006: jobs can be stored."""
    folder = settings.DATA_DIR
    while not folder.exists():
        folder = folder.parent
    if folder.is_dir() and os.access(folder, os.W_OK | os.X_OK):
        return []
    return [
        Error(
            f"The data folder {settings.DATA_DIR} can't be written.",
            hint="Set PDFJOBS_DATA_DIR to a folder of the user who runs the server, or give it the rights.",
            id="jobs.E006",
        )
    ]


def check_storage(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """W002: one upload may be larger than all that may be kept."""
    if limits().upload_bytes <= limits().stored_bytes:
        return []
    return [
        checks.Warning(
            f"PDFJOBS_MAX_UPLOAD_MB ({settings.MAX_UPLOAD_MB}) is more than PDFJOBS_MAX_STORAGE_GB "
            f"({settings.MAX_STORAGE_GB:g}) has room for.",
            hint="Raise PDFJOBS_MAX_STORAGE_GB or lower PDFJOBS_MAX_UPLOAD_MB.",
            id="jobs.W002",
        )
    ]


def check_cache(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """W003: one upload may be larger than the cache."""
    if storage.is_local() or limits().upload_bytes <= settings.CACHE_GB * GIB:
        return []
    return [
        checks.Warning(
            f"PDFJOBS_MAX_UPLOAD_MB ({settings.MAX_UPLOAD_MB}) is more than PDFJOBS_CACHE_GB ({settings.CACHE_GB:g}) "
            "has room for: such a PDF is converted only while no other one is.",
            hint="Raise PDFJOBS_CACHE_GB or lower PDFJOBS_MAX_UPLOAD_MB.",
            id="jobs.W003",
        )
    ]


def check_secret_key(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """E061: machines that share a database share the key too; one made by this machine is known to it alone."""
    if settings.SECRET_KEY_GIVEN or connection.vendor == "sqlite":
        return []
    return [
        Error(
            "DATABASE_URL names a database that several machines may share, and PDFJOBS_SECRET_KEY is not set.",
            hint="Set it to the same long random text on all machines: it signs sessions, and the tasks in the queue.",
            id="jobs.E061",
        )
    ]


def check_webhooks(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """E031, E032: networks and the server's own address can be read."""
    wrong = [text for text in named_networks() if not _is_network(text)]
    found = [
        Error(
            f'PDFJOBS_WEBHOOK_ALLOW_PRIVATE names "{text}", which is no network.',
            hint='Write networks like 10.1.0.0/16 with commas between them, or "true" for all.',
            id="jobs.E031",
        )
        for text in wrong
    ]
    if settings.PUBLIC_URL and not re.fullmatch(r"https?://[^\s?#@]+", settings.PUBLIC_URL):
        found.append(
            Error(
                f'PDFJOBS_PUBLIC_URL is "{settings.PUBLIC_URL}".',
                hint="Write the address under which others reach this server, like https://pdf.example.org.",
                id="jobs.E032",
            )
        )
    return found


def _is_network(text: str) -> bool:
    try:
        ip_network(text)
    except ValueError:
        return False
    return True


def check_vision(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """E045-E047: the vision model can be addressed."""
    url, model, preset = settings.VISION_BASE_URL, settings.VISION_MODEL, settings.VISION_PRESET
    names = ", ".join(PRESETS)
    wrong = (
        ("E045", bool(url) != bool(model), "Only one of PDFJOBS_VISION_BASE_URL and PDFJOBS_VISION_MODEL is set.",
         "Set both, or none."),
        ("E046", bool(url) and not _is_http(url), "PDFJOBS_VISION_BASE_URL is no address of a server.",
         "Write it like http://127.0.0.1:8001/v1."),
        ("E047", preset not in {"", *PRESETS}, f"PDFJOBS_VISION_PRESET is {preset}.",
         f"Leave it out, or take one of {names}."),
    )  # fmt: skip
    return [Error(message, hint=hint, id=f"jobs.{key}") for key, is_wrong, message, hint in wrong if is_wrong]


def _is_http(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


ALL = (
    check_limits,
    check_workers,
    check_folders,
    check_storage,
    check_cache,
    check_secret_key,
    check_webhooks,
    check_vision,
)
