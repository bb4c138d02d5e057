"""The secret key that is made once."""

import stat
import subprocess
import sys
from pathlib import Path

from pdfjobs_site.secret_key import kept_secret_key
from tests.server import ROOT


def test_it_is_made_once(tmp_path: Path) -> None:
    path = tmp_path / "data" / ".secret_key"
    key = kept_secret_key(path)
    assert len(key) >= 50
    assert kept_secret_key(path) == key
    assert [entry.name for entry in path.parent.iterdir()] == [".secret_key"]


def test_it_is_another_for_each_folder(tmp_path: Path) -> None:
    assert kept_secret_key(tmp_path / "a") != kept_secret_key(tmp_path / "b")


def test_it_is_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / ".secret_key"
    kept_secret_key(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_it_is_what_the_operator_wrote(tmp_path: Path) -> None:
    path = tmp_path / ".secret_key"
    path.write_text("my own key\n")
    assert kept_secret_key(path) == "my own key"


def test_it_is_the_same_for_processes_that_start_at_once(tmp_path: Path) -> None:
    code = "import sys; from pathlib import Path; from pdfjobs_site.secret_key import kept_secret_key as k;"
    command = [
        sys.executable,
        "-c",
        f"{code} sys.stdin.read(); print(k(Path(sys.argv[1])))",
        str(tmp_path / "a" / "key"),
    ]
    started = [
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(4)
    ]
    for process in started:
        assert process.stdin
        process.stdin.close()
        process.stdin = None
    keys = {process.communicate(timeout=30)[0] for process in started}
    assert keys == {kept_secret_key(tmp_path / "a" / "key") + "\n"}
    assert [entry.name for entry in (tmp_path / "a").iterdir()] == ["key"]
