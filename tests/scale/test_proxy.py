"""The shipped reverse proxy before two web machines, with no sticky session: any of them answers for any job."""

import json
import re
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import psutil
import pytest

from tests import machines
from tests.machines import Site
from tests.pdfs import pages
from tests.server import Server, wait_for
from tests.servers import nginx
from tests.servers.nginx import Nginx
from tests.servers.program import needed

MIB = 1024 * 1024
LIMIT = {"PDFJOBS_MAX_UPLOAD_MB": "120", "PDFJOBS_TRUSTED_PROXIES": "1"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Two web machines and a worker machine."""
    with needed(), machines.running(tmp_path_factory.mktemp("site"), webs=0) as found:
        for _ in range(2):
            found.start_web(**LIMIT)
        found.start_machine(workers=1)
        yield found


@pytest.fixture(scope="module")
def proxy(site: Site) -> Iterator[Nginx]:
    with needed(), nginx.running([web.port for web in site.webs]) as found:
        yield found


@pytest.fixture
def client(proxy: Nginx) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=proxy.url, timeout=60) as found:
        yield found


def uploaded(client: httpx.Client, pdf: bytes, **fields: str) -> str:
    form = {"engine": "fake", "reuse": "false", **fields}
    answer = client.post("/api/upload", files={"file": ("test.pdf", pdf, "application/pdf")}, data=form)
    assert answer.status_code == 202, answer.text
    job_id: str = answer.json()["job_id"]
    return job_id


def until_finished(client: httpx.Client, job_id: str) -> None:
    wait_for(lambda: client.get(f"/api/jobs/{job_id}").json()["status"] == "completed", 60)


def requests_of_jobs(web: Server) -> int:
    """How many requests for a job or its result it has answered."""
    return len(re.findall(r"/api/jobs/\{job_id\}\S* 200", web.output()))


def test_it_has_both_answer_for_any_job(site: Site, client: httpx.Client) -> None:
    job_id = uploaded(client, pages(3))
    until_finished(client, job_id)
    for _ in range(6):
        assert client.get(f"/api/jobs/{job_id}/status").json()["pages_done"] == 3
        assert "Text of page 3" in client.get(f"/api/jobs/{job_id}/result").text
    assert all(requests_of_jobs(web) for web in site.webs)


def test_it_streams_a_large_upload_to_the_server(site: Site, proxy: Nginx, client: httpx.Client) -> None:
    """Nothing of it is kept by the proxy, and the server has begun to receive before all is sent."""
    document = pages(1) + b"%" + b"x" * (100 * MIB) + b"\n%%EOF\n"
    before = peak(proxy)
    job_id = uploaded(client, document)
    assert peak(proxy) - before < 20 * MIB
    assert [path for path in proxy.folder.rglob("*") if path.is_file() and path.stat().st_size > MIB] == []
    assert client.get(f"/api/jobs/{job_id}").json()["input_bytes"] == len(document)
    assert client.delete(f"/api/jobs/{job_id}").status_code == 200


def peak(proxy: Nginx) -> int:
    """The memory of the proxy's processes, in bytes."""
    top = psutil.Process(proxy.pid)
    return max(process.memory_info().rss for process in (top, *top.children()))


@pytest.mark.parametrize("round_", range(5))
def test_it_hands_on_the_refusal_of_too_large_a_file(client: httpx.Client, round_: int) -> None:
    """Also while the client is still sending: the answer must not get lost with the connection."""
    answer = client.post("/api/upload", files={"file": ("test.pdf", b"%PDF-" + b"x" * (130 * MIB))})
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert "120 MB" in answer.json()["detail"]


def test_it_refuses_large_bodies_elsewhere_in_the_form_of_all_refusals(client: httpx.Client) -> None:
    answer = client.post("/api/webhooks", content=b"x" * (5 * MIB), headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert answer.headers["content-type"] == "application/problem+json"


def test_it_sends_events_at_once(client: httpx.Client) -> None:
    job_id = uploaded(client, pages(8), prompt="slow:0.5")
    arrivals = []
    with client.stream("GET", f"/api/jobs/{job_id}/events") as stream:
        for line in stream.iter_lines():
            if line.startswith("data: "):
                arrivals.append(time.monotonic())
    # Held back, all would come together at the end.
    assert len(arrivals) >= 3
    assert arrivals[-1] - arrivals[0] > 1


def test_it_passes_on_heads_and_redirects_nothing(client: httpx.Client) -> None:
    job_id = uploaded(client, pages(2))
    until_finished(client, job_id)
    whole = client.get(f"/api/jobs/{job_id}/result")
    head = client.head(f"/api/jobs/{job_id}/result")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-disposition"] == whole.headers["content-disposition"]


def test_it_takes_long_lists_of_jobs(client: httpx.Client) -> None:
    ids = ",".join(f"{'a' * 80}_20260107_143022_{number:08x}" for number in range(100))
    assert client.get("/api/jobs", params={"ids": ids}).status_code == 200


def test_it_does_not_believe_what_clients_say_of_where_they_come_from(echo: Nginx) -> None:
    claims = {"X-Forwarded-For": "10.0.0.7", "X-Forwarded-Proto": "https", "Connection": "close"}
    told = httpx.get(f"{echo.url}/login", headers=claims).json()
    assert (told["X-Forwarded-For"], told["X-Forwarded-Proto"]) == (["127.0.0.1"], ["http"])
    assert told["Host"] == [f"127.0.0.1:{echo.port}"]


class Echo(BaseHTTPRequestHandler):
    """Answers with the headers it got."""

    def do_GET(self) -> None:
        body = json.dumps({name: self.headers.get_all(name) for name in self.headers}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def echo() -> Iterator[Nginx]:
    """The proxy before a server that answers with the headers it got."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            with needed(), nginx.running([server.server_port]) as found:
                yield found
        finally:
            server.shutdown()
            thread.join()


def test_it_goes_on_with_the_other_web_machine(site: Site, client: httpx.Client) -> None:
    stopped = site.webs[0]
    port = stopped.port
    stopped.stop()
    assert {client.get("/api/health/live").status_code for _ in range(4)} == {200}
    stopped.start(port)
