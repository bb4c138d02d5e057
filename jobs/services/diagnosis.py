"""Is all well? Looks at what a server needs and at what it may have left behind, and says what to do. Changes nothing.

Only that the storage can be written is tried out, with a small file that is removed again.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.checks import WARNING, run_checks
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from jobs import queue, storage
from jobs.limits import MIB, limits
from jobs.models import Node
from jobs.services import symptoms
from jobs.services.symptoms import FindOrphans, Wrong


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; `says` is what there is, and if it is not ok what to do about it."""

    name: str
    ok: bool
    says: str


def diagnose(find_orphans: FindOrphans) -> list[Finding]:
    """Look at everything. `find_orphans` gives the folders that belong to no job."""
    findings = [_look("settings", _settings), _look("database", _database)]
    if findings[-1].ok:
        findings.append(_look("migrations", _migrations))
    if findings[-1].ok:
        findings += [_look(name, check) for name, check in _WITH_DATABASE.items()]
        findings.append(_look("leftovers", lambda: symptoms.leftovers(find_orphans)))
    return findings + [_look(name, check) for name, check in _WITHOUT_DATABASE.items()]


def _look(name: str, check: Callable[[], str]) -> Finding:
    try:
        return Finding(name, True, check())
    except Wrong as wrong:
        return Finding(name, False, str(wrong))
    except Exception as error:  # noqa: BLE001 (whatever it is: that is the finding)
        return Finding(name, False, f"It can't be looked at: {type(error).__name__}: {error}")


def _settings() -> str:
    messages = [message for message in run_checks() if message.level >= WARNING and not message.is_silenced()]
    if messages:
        raise Wrong(" ".join(f"{message.msg} {message.hint or ''}".strip() for message in messages))
    return "Nothing contradicts itself."


def _database() -> str:
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite" and not Path(name).exists():  # to connect would make an empty one
        raise Wrong(
            f"There is none at {name} yet. `manage.py serve` makes it; if there was one and it is lost, run "
            "`manage.py restore_jobs` first."
        )
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode" if connection.vendor == "sqlite" else "SELECT 1")
        mode = cursor.fetchone()[0]
    if connection.vendor != "sqlite":
        where = connection.settings_dict
        return f"{connection.display_name} answers at {where['HOST'] or 'its socket'}, database {where['NAME']}."
    if mode != "wal":
        raise Wrong(
            f"SQLite at {name} is in the mode {mode} instead of WAL: under load it refuses writes. Unset DATABASE_URL "
            "and let PDFJOBS_DATA_DIR be a folder on a disk of this machine."
        )
    return f"SQLite at {name} answers, on WAL."


def _migrations() -> str:
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        raise Wrong(f"{len(missing)} are not applied. `manage.py migrate` applies them, and so does `serve`.")
    ahead = set(executor.loader.applied_migrations) - set(executor.loader.disk_migrations)
    if unknown := sorted(name for app, name in ahead if app == "jobs"):
        raise Wrong(f"The database is newer than this program ({', '.join(unknown)}). Install the newer release again.")
    return "All are applied."


def _broker() -> str:
    return f"The queue in {queue.described()} answers; {queue.waiting_tokens()} tasks wait in it."


def _workers() -> str:
    nodes = list(Node.objects.working().order_by("name"))
    if not nodes:
        raise Wrong("No workers have been heard of in the last half minute. Start a server: `manage.py serve`.")
    return f"{sum(node.workers for node in nodes)} on {', '.join(node.name for node in nodes)}."


def _storage() -> str:
    name, content = f"doctor-{uuid.uuid4().hex}.txt", b"written by manage.py doctor"
    try:
        storage.write(name, content)
        if storage.read(name) != content:
            raise Wrong("What was written is not what is read. Look into the storage's own logs.")
    except OSError as error:
        raise Wrong(
            f"Files can't be stored in {storage.described()}: {error}. Let the server's user write there, or mend the "
            "settings of the storage."
        ) from error
    storage.discard(name)
    if not storage.is_writable():
        raise Wrong(f"Uploads can't be received in {settings.FILE_UPLOAD_TEMP_DIR}. Let the server's user write there.")
    return f"Files can be written, read and removed in {storage.described()}."


def _disk() -> str:
    free, reserve = storage.free_bytes(), limits().free_disk_bytes
    if free < reserve:
        raise Wrong(
            f"{free // MIB} MB are free, and {reserve // MIB} MB have to be (PDFJOBS_MIN_FREE_DISK_MB): uploads are "
            "refused and conversions wait. Make room, for example with `manage.py purge_jobs --max-jobs 10`."
        )
    return f"{free // MIB} MB are free, {reserve // MIB} MB of them as a reserve."


_WITH_DATABASE = {"broker": _broker, "workers": _workers, "clock": symptoms.clock, "work": symptoms.work}
_WITHOUT_DATABASE = {"storage": _storage, "disk": _disk}
