"""`manage.py serve`: the whole server with one command."""

import ipaddress
import socket
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from jobs import storage
from jobs.limits import limits
from jobs.pipeline import recovery
from jobs.supervision.accounts import FIRST_NAME, first_administrator
from jobs.supervision.lock import AlreadyRunning, lock_folder
from jobs.supervision.part import Part
from jobs.supervision.supervisor import Supervisor
from pdfjobs_site.env import child_environment, is_set

_GRACEFUL_S = 5
_BACKLOG = 512


class Command(BaseCommand):
    help = (
        "Run the whole server: web pages, API, and the workers that convert. Checks the settings and brings the "
        "database up to date first. Ctrl-C or SIGTERM stops it; nothing is lost by that, nor by a crash."
    )
    requires_system_checks = "__all__"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1: this machine only)")
        parser.add_argument("--port", type=int, default=8000, help="port to listen on (8000); 0 takes a free one")
        parser.add_argument("--workers", type=int, help="pages converted at once (PDFJOBS_WORKERS, else one per core)")

    def handle(self, *args: Any, host: str, port: int, workers: int | None, **options: Any) -> None:
        if workers is not None and workers < 1:
            raise CommandError("--workers must be at least 1.")
        workers = workers or limits().workers
        require_login = _requires_login(host)
        try:
            lock = lock_folder(settings.RUN_DIR)
        except AlreadyRunning as error:
            raise CommandError(
                f"A server (process {error}) already runs on {settings.DATA_DIR}. Stop it, or set PDFJOBS_DATA_DIR."
            ) from error
        listener = _listener(host, port)
        call_command("migrate", verbosity=0, interactive=False)
        storage.prepare()
        recovery.recover_node()
        self._greet(listener, host, workers, require_login)
        supervisor = _supervisor(listener, workers, require_login)
        supervisor.run()
        self.stdout.write("Stopped. What was not finished goes on at the next start.")
        del lock

    def _greet(self, listener: socket.socket, host: str, workers: int, require_login: bool) -> None:
        shown = f"[{host}]" if ":" in host else host
        base = f"http://{shown}:{listener.getsockname()[1]}"
        who = "for everybody on this machine, without login" if not require_login else "with login"
        self.stdout.write(f"PDF jobs: {workers} workers, {who}. Data is in {settings.DATA_DIR}.")
        self.stdout.write(f"  Page   {base}/\n  API    {base}/api/\n  Admin  {base}/admin/")
        password = first_administrator()
        if password:
            self.stdout.write(f"  First start: log into the admin as {FIRST_NAME} with the password {password}")
            self.stdout.write("  It is shown only now; `manage.py changepassword admin` sets another one.")
        self.stdout.write("Ctrl-C stops it.")
        self.stdout.flush()


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


def _supervisor(listener: socket.socket, workers: int, require_login: bool) -> Supervisor:
    environment = child_environment(
        {"PDFJOBS_REQUIRE_LOGIN": str(require_login), "PDFJOBS_WORKERS": str(workers), "PYTHONUNBUFFERED": "1"}
    )
    fd = listener.fileno()
    web = Part("web", "pdfjobs_site.web", {"fd": fd, "graceful_s": _GRACEFUL_S}, environment, (fd,))
    cluster = Part("cluster", "pdfjobs_site.cluster", {"workers": workers}, environment, ())
    return Supervisor(web, cluster, workers)
