"""`manage.py serve`: the whole server with one command, or one machine's part of it."""

import ipaddress
import socket
from argparse import ArgumentParser
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from jobs import storage
from jobs.limits import limits
from jobs.pipeline import recovery
from jobs.supervision.accounts import FIRST_NAME, first_administrator
from jobs.supervision.lock import AlreadyRunning, lock_folder
from jobs.supervision.migrating import migrate
from jobs.supervision.part import Part
from jobs.supervision.supervisor import Supervisor
from pdfjobs_site.env import child_environment, is_set

_HOST, _PORT = "127.0.0.1", 8000
_GRACEFUL_S = 5
_BACKLOG = 512


@dataclass(frozen=True)
class Door:
    """Where the web server listens, and whether it asks who comes in."""

    host: str
    listener: socket.socket
    require_login: bool

    @property
    def url(self) -> str:
        shown = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{shown}:{self.listener.getsockname()[1]}"


class Command(BaseCommand):
    help = (
        "Run the whole server: web pages, API, and the workers that convert. Checks the settings and brings the "
        "database up to date first. Ctrl-C or SIGTERM stops it; nothing is lost by that, nor by a crash. Machines that "
        "share database and storage may each run a part of it."
    )
    requires_system_checks = "__all__"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", help=f"address to listen on ({_HOST}: this machine only)")
        parser.add_argument("--port", type=int, help=f"port to listen on ({_PORT}); 0 takes a free one")
        parser.add_argument("--workers", type=int, help="pages converted at once (PDFJOBS_WORKERS, else one per core)")
        part = parser.add_mutually_exclusive_group()
        part.add_argument("--web-only", action="store_true", help="web pages and API; other machines convert")
        part.add_argument("--workers-only", action="store_true", help="workers; other machines have the web server")

    def handle(
        self,
        *args: Any,
        host: str | None,
        port: int | None,
        workers: int | None,
        web_only: bool,
        workers_only: bool,
        **options: Any,
    ) -> None:
        if workers is not None and (workers < 1 or web_only):
            raise CommandError("With --web-only there are no --workers." if web_only else "--workers: at least 1.")
        if workers_only and (host or port is not None):
            raise CommandError("With --workers-only there is no web server, and so no --host and no --port.")
        if web_only or workers_only:
            _check_is_shared()
        require_login = not workers_only and _requires_login(host or _HOST)
        lock = _locked_folder()
        door = None
        if not workers_only:
            listener = _listener(host or _HOST, _PORT if port is None else port)
            door = Door(host or _HOST, listener, require_login)
        size = 0 if web_only else workers or limits().workers
        migrate()
        storage.prepare()
        recovery.recover_node()
        self._greet(door, size)
        _supervisor(door, size).run()
        self.stdout.write("Stopped. What was not finished goes on at the next start, or on other machines.")
        del lock

    def _greet(self, door: Door | None, workers: int) -> None:
        hands = f"{workers} workers" if workers else "no workers on this machine"
        who = "for everybody on this machine, without login" if door and not door.require_login else "with login"
        self.stdout.write(f"PDF jobs: {hands}, {who if door else 'no web server'}. Data is in {settings.DATA_DIR}.")
        if door:
            self.stdout.write(f"  Page   {door.url}/\n  API    {door.url}/api/\n  Admin  {door.url}/admin/")
            self._hand_out_key()
        self.stdout.write("Ctrl-C stops it.")
        self.stdout.flush()

    def _hand_out_key(self) -> None:
        password = first_administrator()
        if password:
            self.stdout.write(f"  First start: log into the admin as {FIRST_NAME} with the password {password}")
            self.stdout.write("  It is shown only now; `manage.py changepassword admin` sets another one.")


def _check_is_shared() -> None:
    """Raises CommandError when what the machines share is on this one alone."""
    if not settings.DATABASE_URL:
        raise CommandError(
            "A part of the server alone needs a database that all machines share. Set DATABASE_URL, or run all of it."
        )
    if storage.is_local():
        raise CommandError(
            f"A part of the server alone needs a storage that all machines share, and files are in "
            f"{settings.MEDIA_ROOT}. Set AWS_STORAGE_BUCKET_NAME, or run all of it."
        )


def _locked_folder() -> int:
    try:
        return lock_folder(settings.RUN_DIR)
    except AlreadyRunning as error:
        raise CommandError(
            f"A server (process {error}) already runs on {settings.DATA_DIR}. Stop it, or set PDFJOBS_DATA_DIR."
        ) from error


def _requires_login(host: str) -> bool:
    """The setting; where it is not set, a server that only this machine can reach needs no login.

    Raises CommandError.
    """
    local = _is_loopback(host)
    required = settings.REQUIRE_LOGIN if is_set("PDFJOBS_REQUIRE_LOGIN") else not local
    if not local and not required:
        raise CommandError(
            f"{host} can be reached from other machines, and no login is asked for. "
            "Unset PDFJOBS_REQUIRE_LOGIN or set it to true, or listen on 127.0.0.1."
        )
    if not required and "*" in settings.ALLOWED_HOSTS:
        raise CommandError(
            "No login is asked for, and PDFJOBS_ALLOWED_HOSTS allows every name: a page of another site could reach "
            "the server by a name of its own. List the names, or set PDFJOBS_REQUIRE_LOGIN to true."
        )
    return required


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _listener(host: str, port: int) -> socket.socket:
    """A listening socket, kept open over restarts of the web server: who connects meanwhile waits. Raises
    CommandError."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
    except OSError as error:
        raise CommandError(
            f"Can't listen on {host}, port {port}: {error.strerror or error}. Choose another with --host or --port."
        ) from error
    return listener


def _supervisor(door: Door | None, workers: int) -> Supervisor:
    changes = {"PYTHONUNBUFFERED": "1"}
    if workers:
        changes["PDFJOBS_WORKERS"] = str(workers)
    if door is None:
        return Supervisor(None, _cluster(workers, changes), workers)
    changes["PDFJOBS_REQUIRE_LOGIN"] = str(door.require_login)
    fd = door.listener.fileno()
    web = Part("web", "pdfjobs_site.web", {"fd": fd, "graceful_s": _GRACEFUL_S}, child_environment(changes), (fd,))
    return Supervisor(web, _cluster(workers, changes) if workers else None, workers)


def _cluster(workers: int, changes: dict[str, str]) -> Part:
    return Part("cluster", "pdfjobs_site.cluster", {"workers": workers}, child_environment(changes), ())
