"""Where a host leads, without waiting for a name server longer than one wants to."""

import socket
from concurrent.futures import Future
from ipaddress import ip_address
from threading import Thread

from jobs.webhooks.addresses import Address


def begin_lookup(host: str, port: int) -> "Future[list[Address]]":
    """Begin one look-up of `host`: all of its addresses, in the system's order of preference.

    The future raises OSError or ValueError where there is none. The system's resolver can't be stopped, so it runs in a
    thread that nobody has to wait for, not even the end of the process.
    """
    future: Future[list[Address]] = Future()
    future.set_running_or_notify_cancel()
    Thread(target=_look_up, args=(future, host, port), name="webhook-lookup", daemon=True).start()
    return future


def _look_up(future: "Future[list[Address]]", host: str, port: int) -> None:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        future.set_result([ip_address(str(address[0])) for *_, address in found])
    except (OSError, ValueError) as error:
        future.set_exception(error)
