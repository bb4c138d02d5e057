"""The environment an operator sets: what is wrong is said in a sentence, all of it at once."""

import os
import subprocess
import sys
from pathlib import Path

from tests.server import ROOT


def check(folder: Path, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "manage.py", "check", *arguments],
        cwd=ROOT,
        env={**os.environ, "PDFJOBS_DATA_DIR": str(folder), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_it_starts_with_the_defaults(tmp_path: Path) -> None:
    answer = check(tmp_path / "data")
    assert (answer.returncode, answer.stderr) == (0, "")
    assert [entry.name for entry in (tmp_path / "data").iterdir()] == [".secret_key"]


def test_it_names_all_values_that_are_none(tmp_path: Path) -> None:
    answer = check(tmp_path, PDFJOBS_MAX_PAGES="many", PDFJOBS_WORKERS="1.5", PDFJOBS_REQUIRE_LOGIN="perhaps")
    assert answer.returncode == 1
    for name in ("PDFJOBS_MAX_PAGES", "PDFJOBS_WORKERS", "PDFJOBS_REQUIRE_LOGIN"):
        assert name in answer.stderr
    assert "Traceback" not in answer.stderr


def test_it_names_a_data_folder_that_can_not_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    answer = check(tmp_path / "file" / "data")
    assert answer.returncode == 1
    assert "PDFJOBS_DATA_DIR" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_it_names_a_database_that_can_not_be(tmp_path: Path) -> None:
    answer = check(tmp_path, DATABASE_URL="my database")
    assert answer.returncode == 1
    assert "DATABASE_URL" in answer.stderr
    assert "Traceback" not in answer.stderr


PRODUCTION = {
    "PDFJOBS_HTTPS": "true",
    "PDFJOBS_REQUIRE_LOGIN": "true",
    "PDFJOBS_ALLOWED_HOSTS": "pdf.example.org",
}


def test_it_has_nothing_to_say_against_production_settings(tmp_path: Path) -> None:
    answer = check(tmp_path, "--deploy", "--fail-level", "WARNING", **PRODUCTION)
    assert (answer.returncode, answer.stderr) == (0, "")


def test_it_reads_a_secret_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "url").write_text("not a database\n")
    answer = check(tmp_path, DATABASE_URL_FILE=str(tmp_path / "url"))
    assert "DATABASE_URL can't be read" in answer.stderr


def test_it_names_a_secret_file_that_is_not_there(tmp_path: Path) -> None:
    answer = check(tmp_path, PDFJOBS_SECRET_KEY_FILE=str(tmp_path / "gone"))
    assert answer.returncode == 1
    assert "PDFJOBS_SECRET_KEY_FILE" in answer.stderr
    assert "Traceback" not in answer.stderr
