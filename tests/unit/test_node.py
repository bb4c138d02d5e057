"""The name of this machine: stable for a data folder, different for each."""

import socket
from pathlib import Path

import pytest
from pytest_django import Settings

from jobs.node import node_name


def test_it_is_the_same_after_a_restart() -> None:
    assert node_name() == node_name()


def test_it_is_the_same_when_the_host_is_called_something_else(monkeypatch: pytest.MonkeyPatch) -> None:
    before = node_name()
    monkeypatch.setattr(socket, "gethostname", lambda: "another")
    assert node_name() == before


def test_it_is_another_one_for_each_data_folder(settings: Settings, tmp_path: Path) -> None:
    before = node_name()
    settings.RUN_DIR = tmp_path / "elsewhere" / "run"
    assert node_name() != before


def test_it_names_the_host_for_those_who_read_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: "h" * 200)
    assert node_name().startswith("h" * 60 + "-")
    assert len(node_name()) <= 80
