"""The Django-Q2 cluster as a process of its own. Started by `serve`."""

import json
import os
import sys
from typing import TypedDict

import django
from django.urls import get_resolver

from jobs.leash import die_with_parent
from pdfjobs_site.env import use_settings


class Arguments(TypedDict):
    """parent is the process to die with."""

    parent: int
    workers: int


def main(arguments: Arguments) -> None:
    die_with_parent(arguments["parent"])
    # Else the cluster's members go on without it when it is killed.
    os.register_at_fork(after_in_child=_follow)
    use_settings()
    django.setup()
    from jobs.queue import run_cluster  # noqa: PLC0415 (needs the settings)

    # Whoever finishes a job writes links into its documents: loaded once here, not by each worker in its first job.
    _ = get_resolver().url_patterns
    run_cluster(arguments["workers"])


def _follow() -> None:
    die_with_parent(os.getppid())


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
