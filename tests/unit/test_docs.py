"""What is documented and what is there are the same."""

import re
import tomllib

from jobs.version import VERSION
from tests.server import ROOT

# For tests and plug-ins, not for operators.
UNDOCUMENTED = {"PDFJOBS_EXTRA_ENGINES"}
# Not in the table: named where it is needed.
IN_THE_TEXT = {"PROMETHEUS_MULTIPROC_DIR"}


def readme() -> str:
    path = ROOT / "README.md"
    assert path.exists(), "There is no README.md; it documents every setting in a table."
    return path.read_text()


def settings_read() -> set[str]:
    source = (ROOT / "pdfjobs_site" / "settings.py").read_text()
    names = set(re.findall(r'env\.\w+\(\s*"(\w+)"', source))
    assert "PDFJOBS_MAX_PAGES" in names, "settings.py reads the environment in another way; mend this test."
    return names


def settings_in_table() -> set[str]:
    """The names that begin a row of one of README's tables."""
    return set(re.findall(r"^\|\s*`(PDFJOBS_\w+|[A-Z_]+_URL|AWS_\w+)`", readme(), re.MULTILINE))


def test_it_documents_each_setting() -> None:
    missing = sorted(settings_read() - UNDOCUMENTED - IN_THE_TEXT - settings_in_table())
    assert missing == [], "These settings have no row in README's table."


def test_it_names_the_settings_that_only_few_need() -> None:
    assert [name for name in IN_THE_TEXT if name not in readme()] == []


def test_it_documents_no_setting_that_is_not_there() -> None:
    gone = sorted(settings_in_table() - settings_read())
    assert gone == [], "README's table names settings that settings.py does not read."


def test_it_names_the_commands_that_are_there() -> None:
    folder = ROOT / "jobs" / "management" / "commands"
    ours = {path.stem for path in folder.glob("*.py")} - {"__init__"}
    missing = sorted(command for command in ours if f"manage.py {command}" not in readme())
    assert missing == [], "README does not say how to run these commands."


def test_it_is_one_version() -> None:
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"] == VERSION
