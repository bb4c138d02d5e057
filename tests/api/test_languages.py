"""What is for people follows Accept-Language; what is for programs does not."""

import json
from typing import Any

import pytest
from rest_framework.test import APIClient

from jobs.models import Job
from jobs.translations import compile_messages
from tests.api.conftest import Send, assert_problem, body
from tests.conftest import MakeJob, Work

GERMAN: dict[str, Any] = {"HTTP_ACCEPT_LANGUAGE": "de-AT,de;q=0.9,en;q=0.5"}


@pytest.fixture(autouse=True)
def compiled(own_settings: None) -> None:
    compile_messages()


def test_it_is_english_unless_somebody_asks_for_german(as_alice: APIClient) -> None:
    for languages in ("", "fr,it", "en,de"):
        answer = as_alice.get("/api/jobs/none", HTTP_ACCEPT_LANGUAGE=languages)
        found = assert_problem(answer, 404, "job_not_found")
        assert found["title"] == "There is no such job"


@pytest.mark.parametrize(
    ("path", "code", "title", "detail"),
    [
        ("/api/jobs/none", "job_not_found", "So einen Auftrag gibt es nicht", "Es gibt keinen Auftrag mit dieser"),
        ("/api/jobs/none/status?wait=x", "job_not_found", "So einen Auftrag gibt es nicht", "Es gibt keinen"),
        (
            "/api/jobs?page_size=0",
            "bad_option",
            "Eine Option hat einen falschen Wert",
            "ganze Zahl von 1 bis 200.",
        ),
        ("/api/nowhere", "not_found", "An dieser Adresse ist nichts", "Prüfen Sie die Adresse"),
    ],
)
def test_it_tells_of_problems_in_german(as_alice: APIClient, path: str, code: str, title: str, detail: str) -> None:
    answer = as_alice.get(path, **GERMAN)
    found = assert_problem(answer, answer.status_code, code)
    assert found["title"] == title
    assert detail in found["detail"]


def test_it_tells_in_german_which_field_is_wrong(as_alice: APIClient) -> None:
    answer = as_alice.post("/api/webhooks", {"url": "https://93.184.216.34/", "secret": "x"}, format="json", **GERMAN)
    assert "secret: Das hat ein Webhook nicht; er hat: url," in assert_problem(answer, 400, "bad_option")["detail"]


def test_it_tells_of_jobs_in_german_and_keeps_them_in_english(
    as_alice: APIClient, make_job: MakeJob, work: Work
) -> None:
    job = make_job(prompt="fail:1,2,3")
    work()
    path = f"/api/jobs/{job.job_id}"
    english = "None of its pages could be converted. The first one: The converter stopped on it: RuntimeError: the page"
    german = "Keine seiner Seiten konnte umgewandelt werden. Die erste: Der Umwandler blieb dabei stehen: Runtime"
    assert as_alice.get(path).json()["error"].startswith(english)
    for there in (path, f"{path}/status"):
        assert as_alice.get(there, **GERMAN).json()["error"].startswith(german)
    assert as_alice.get("/api/jobs", **GERMAN).json()["jobs"][0]["error"].startswith(german)
    pages = as_alice.get(f"{path}/pages", **GERMAN).json()["pages"]
    assert pages[0]["error"].startswith("Der Umwandler blieb dabei stehen:")
    assert Job.objects.get().error.startswith(english)


@pytest.mark.without("s3")
def test_it_writes_no_german_into_what_is_kept(as_alice: APIClient, make_job: MakeJob, settings: Any) -> None:
    job = make_job(total_pages=1, warnings=["The PDF is damaged; what could be repaired is converted."])
    answer = as_alice.post(f"/api/jobs/{job.job_id}/cancel", **GERMAN).json()
    assert answer["warnings"] == ["Das PDF ist beschädigt; umgewandelt wird, was sich retten ließ."]
    kept = json.loads((settings.MEDIA_ROOT / "jobs" / job.job_id / "metadata.json").read_text())
    assert kept["warnings"] == ["The PDF is damaged; what could be repaired is converted."]


def test_it_makes_one_result_for_all_languages(as_alice: APIClient, make_job: MakeJob, work: Work) -> None:
    job = make_job(prompt="fail:2")
    work()
    for form in ("md", "html", "text"):
        address = f"/api/jobs/{job.job_id}/result?format={form}"
        assert body(as_alice.get(address, **GERMAN)) == body(as_alice.get(address))


def test_it_answers_an_upload_in_german(send: Send, as_alice: APIClient) -> None:
    document = send(engine="fake", prompt="x").json()
    assert document["warnings"] == ["The prompt is not used: the engine fake takes none, only vision does."]
    again = as_alice.get(f"/api/jobs/{document['job_id']}", **GERMAN).json()
    assert again["warnings"] == ["Der Prompt wird nicht benutzt: Das Verfahren fake nimmt keinen, nur vision."]


def test_it_describes_itself_in_one_language(api: APIClient) -> None:
    assert api.get("/api/schema", **GERMAN).json() == api.get("/api/schema").json()
