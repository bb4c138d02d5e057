"""The one file that reads the environment; `settings.py` gives each value its name, default and unit."""

import os
from collections.abc import Mapping
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from environs import Env, FileAwareEnv

BASE_DIR = Path(__file__).resolve().parent.parent

SETTINGS_MODULE = "pdfjobs_site.settings"

# What a sandbox may know of its surroundings: enough to start Python, no secret.
HARMLESS = (
    "PATH",
    "LANG",
    "LC_ALL",
    "HOME",
    "TMPDIR",
    "LD_LIBRARY_PATH",
    "OPENBLAS_CORETYPE",
    "OPENBLAS_L2_SIZE",
)


def environment() -> Env:
    """The variables of the environment and of `.env`; `seal()` tells all wrong values at once.

    Instead of a value its file may be named, as containers hand out secrets: `PDFJOBS_SECRET_KEY_FILE`.
    """
    env = FileAwareEnv(eager=False, strip_whitespace=True)
    env.read_env(str(BASE_DIR / ".env"), recurse=False)
    _check_files()
    return env


def _check_files() -> None:
    """Raise ImproperlyConfigured for a file that is named instead of a value and can't be read."""
    ours = ("PDFJOBS_", "DATABASE_", "REDIS_", "AWS_")
    for name in os.environ:
        if name.startswith(ours) and name.endswith("_FILE") and os.environ[name]:
            try:
                Path(os.environ[name]).read_text()
            except (OSError, ValueError) as error:
                raise ImproperlyConfigured(f"{name} names a file that can't be read: {error}.") from error


def use_settings() -> None:
    """Name the settings module, for processes that are not started through `manage.py`."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS_MODULE)


def is_set(name: str) -> bool:
    """Whether the operator gave `name` a value."""
    return bool(os.environ.get(name))


def child_environment(changes: Mapping[str, str]) -> dict[str, str]:
    """The environment for a process of our own: all of ours with `changes`."""
    return {**os.environ, "DJANGO_SETTINGS_MODULE": SETTINGS_MODULE, **changes}


def sandbox_environment() -> dict[str, str]:
    """The environment for a sandbox: no keys, no passwords, no addresses."""
    return {name: os.environ[name] for name in HARMLESS if name in os.environ}
