"""What the server says to people, put into their language when it is shown."""

import pytest
from django.utils.translation import override

from jobs.sayings import said, told


@pytest.mark.parametrize(
    ("english", "german"),
    [
        ("The PDF has no pages.", "Das PDF hat keine Seiten."),
        ("Page 7 has no text that could be read.", "Auf Seite 7 war kein Text zu lesen."),
        (
            "The job is completed and can't be cancelled. Only a pending or processing job can be cancelled.",
            "Der Auftrag ist fertig und kann nicht abgebrochen werden. "
            "Abbrechen lässt sich nur ein Auftrag, der wartet oder in Arbeit ist.",
        ),
        ("It answered 503.", "Die Antwort war 503."),
        ("3 minutes", "3 Minuten"),
        (
            "None of its pages could be converted. The first one: The converter was ended by SIGKILL on it.",
            "Keine seiner Seiten konnte umgewandelt werden. "
            "Die erste: Der Umwandler wurde durch SIGKILL beendet dabei.",
        ),
        (
            "The prompt is not used: the engine fast takes none, only vision does. (pages 1-3)",
            "Der Prompt wird nicht benutzt: Das Verfahren fast nimmt keinen, nur vision. (Seiten 1-3)",
        ),
    ],
)
def test_it_is_said_in_german(english: str, german: str) -> None:
    with override("de"):
        assert said(english) == german
    with override("de-at"):
        assert said(english) == german
    with override("en"):
        assert said(english) == english


@pytest.mark.parametrize(
    "text", ["", "Something else.", "many minutes", "x" * 100_000, "{1}", "{0} seconds", "There is no port {1", "\0"]
)
def test_it_leaves_alone_what_it_does_not_know(text: str) -> None:
    with override("de"):
        assert said(text) == text


def test_it_fills_in_what_was_there_and_nothing_more() -> None:
    with override("de"):
        assert said('There is no format "{1:said} {0.__class__}" here. There are: completed.') == (
            'Das Format "{1:said} {0.__class__}" gibt es hier nicht. Es gibt: completed.'
        )


def test_it_puts_only_what_is_for_people_into_their_language() -> None:
    words = "The PDF has no pages."
    document = {"error": words, "filename": words, "warnings": [words], "jobs": [{"detail": words}], "pages": 1}
    with override("de"):
        german = said(words)
        assert told(document) == {
            "error": german,
            "filename": words,
            "warnings": [german],
            "jobs": [{"detail": german}],
            "pages": 1,
        }
        assert document["error"] == words
