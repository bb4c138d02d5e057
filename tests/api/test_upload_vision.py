"""Which engine an upload gets, and what is said about a prompt that nobody reads."""

import pytest
from pytest_django import Settings

from jobs.models import Job
from tests.api.conftest import Send, assert_problem

UNUSED = "The prompt is not used: the engine {} takes none, only vision does."


@pytest.fixture
def model(settings: Settings) -> None:
    settings.VISION_BASE_URL, settings.VISION_MODEL = "http://127.0.0.1:9/v1", "reader-1"
    settings.VISION_API_KEY = "sk-very-secret"


@pytest.mark.parametrize("prompt", ["", "Read the tables."])
def test_it_takes_the_engine_that_is_named(send: Send, model: None, prompt: str) -> None:
    document = send(engine="vision", prompt=prompt).json()
    assert (document["engine"], document["engine_version"]) == ("vision", "reader-1")
    assert (document["prompt"], document["warnings"]) == (prompt, [])
    assert b"secret" not in send(engine="vision").content


def test_it_says_what_to_set_for_a_model(send: Send) -> None:
    problem = assert_problem(send(engine="vision"), 400, "bad_option")
    assert "PDFJOBS_VISION_BASE_URL" in problem["detail"]
    assert "PDFJOBS_VISION_MODEL" in problem["detail"]
    assert not Job.objects.exists()


def test_it_takes_the_model_for_a_prompt_when_no_engine_is_named(send: Send, model: None) -> None:
    document = send(prompt="Read the tables.").json()
    assert (document["engine"], document["warnings"]) == ("vision", [])


def test_it_takes_the_usual_engine_without_a_prompt(send: Send, model: None) -> None:
    assert send().json()["engine"] == "layout"


@pytest.mark.parametrize("engine", ["layout", "fast", "auto"])
def test_it_warns_where_the_engine_that_is_named_takes_no_prompt(send: Send, model: None, engine: str) -> None:
    document = send(engine=engine, prompt="Read the tables.").json()
    assert (document["engine"], document["warnings"]) == (engine, [UNUSED.format(engine)])


def test_it_warns_where_no_model_is_set_up(send: Send) -> None:
    document = send(prompt="Read the tables.").json()
    assert (document["engine"], document["warnings"]) == ("layout", [UNUSED.format("layout")])
