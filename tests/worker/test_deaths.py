"""Single processes are killed while a job runs; the server replaces them and the job completes."""

import signal

import psutil
import pytest

from tests.pdfs import pages
from tests.server import Server, wait_for, with_pid
from tests.worker.conftest import Serve

SLOW = {"engine": "fake", "prompt": "slow:0.3"}


def named(server: Server, words: str) -> list[psutil.Process]:
    """The server's processes whose command line has `words`."""
    found = []
    for process in server.processes():
        try:
            if words in " ".join(process.cmdline()):
                found.append(process)
        except psutil.NoSuchProcess:
            continue
    return found


def cluster_members(server: Server) -> dict[str, list[int]]:
    """The cluster's processes by generation: main, sentinel, and the workers with pusher and monitor."""
    cluster = {process.pid: process.ppid() for process in named(server, "pdfjobs_site.cluster")}
    mains = [pid for pid, parent in cluster.items() if parent == server.pid]
    sentinels = [pid for pid, parent in cluster.items() if parent in mains]
    others = [pid for pid, parent in cluster.items() if parent in sentinels]
    return {"main": mains, "sentinel": sentinels, "others": others}


def whole_cluster(server: Server) -> dict[str, list[int]]:
    def look() -> dict[str, list[int]] | None:
        members = cluster_members(server)
        return members if len(members["others"]) == server.workers + 2 else None

    return wait_for(look, 30, server.output)


def test_it_survives_the_death_of_a_sandbox(serve: Serve) -> None:
    server = serve()
    job_id = server.upload(pages(12), **SLOW)
    server.wait_for_pages(job_id, 2)
    wait_for(lambda: named(server, "jobs.engines.child"), 10)
    for child in named(server, "jobs.engines.child"):
        with_pid(child.pid, signal.SIGKILL)
    job = server.wait_until_finished(job_id)
    assert (job["status"], job["pages_failed"]) == ("completed", 0)


@pytest.mark.parametrize("member", ["main", "sentinel", "others"])
def test_it_survives_the_death_of_an_idle_member_of_the_cluster(serve: Serve, member: str) -> None:
    """An idle worker that is killed holds a lock of Django-Q2's queue: the cluster as a whole has to be replaced."""
    server = serve()
    server.wait_until_finished(server.upload(pages(1), engine="fake"))
    before = whole_cluster(server)
    with_pid(min(before[member]), signal.SIGKILL)
    wait_for(lambda: set(whole_cluster(server)["main"]) - set(before["main"]), 30, server.output)
    job = server.wait_until_finished(server.upload(pages(3), engine="fake"))
    assert job["status"] == "completed"


def test_it_starts_the_web_server_again(serve: Serve) -> None:
    server = serve()
    job_id = server.upload(pages(8), **SLOW)
    (web,) = named(server, "pdfjobs_site.web")
    with_pid(web.pid, signal.SIGKILL)
    # The listening socket stays open meanwhile: who asks now waits and is not turned away.
    assert server.get("/api/health/live").status_code == 200
    assert server.wait_until_finished(job_id)["status"] == "completed"


def test_it_leaves_no_process_when_serve_itself_is_killed(serve: Serve) -> None:
    server = serve()
    job_id = server.upload(pages(30), **SLOW)
    server.wait_for_pages(job_id, 1)
    family = server.processes()
    with_pid(server.pid, signal.SIGKILL)
    _, alive = psutil.wait_procs(family, timeout=10)
    assert alive == []
