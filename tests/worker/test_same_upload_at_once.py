"""A client that loses patience and sends the same upload again while the first is still on its way."""

from concurrent.futures import ThreadPoolExecutor

from tests.pdfs import pages
from tests.worker.conftest import Serve


def test_it_makes_one_job_of_uploads_with_one_key(serve: Serve) -> None:
    server = serve()

    def upload(number: int) -> tuple[int, str, str]:
        answer = server.post(
            "/api/upload",
            files={"file": ("a.pdf", pages(3), "application/pdf")},
            data={"engine": "fake"},
            headers={"Idempotency-Key": '"the same"'},
        )
        return answer.status_code, answer.json().get("job_id", ""), answer.headers.get("Idempotency-Replayed", "")

    with ThreadPoolExecutor(8) as threads:
        answers = set(threads.map(upload, range(24)))
    assert {status for status, _, _ in answers} <= {202, 409}
    assert len({job_id for status, job_id, _ in answers if status == 202}) == 1
    assert server.get("/api/jobs").json()["count"] == 1
    assert upload(0)[::2] == (202, "true")
