"""The house: who may import whom, held by reading the code."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.server import ROOT

# From the roof to the ground; imports go downwards only.
FLOORS = {
    "doors": {
        "api",
        "client",
        "views",
        "home",
        "job_forms",
        "webhook_views",
        "account_pages",
        "upload_form",
        "admin",
        "management",
        "tasks",
        "middleware",
        "body_limit",
        "supervision",
        "apps",
        "downloads",
        "templatetags",
    },
    "verbs": {"services", "pipeline"},
    "nouns": {
        "models",
        "storage",
        "object_store",
        "queue",
        "redis_broker",
        "outages",
        "limits",
        "node",
        "clock",
        "crew",
        "input_cache",
        "checks",
        "service_checks",
        "room",
        "endpoint",
        "result",
        "documents",
        "formats",
        "archive",
        "remembered",
        "search",
        "translations",
        "listing",
        "page_warnings",
        "sayings",
        "progress",
        "waiting_line",
        "watching",
        "readiness",
        "metrics",
        "access",
        "webhooks",
    },
    "pure": {"engines", "errors", "logs", "leash", "threads", "version"},
}
HEIGHTS = {room: height for height, rooms in enumerate(reversed(FLOORS.values())) for room in rooms}
# A door that opens another one: a command starts the supervisor; API and admin give files away alike; forms are read
# as the API's, and answered with the problems of the pages.
DOORS_THROUGH = {
    ("home", "views"),
    ("job_forms", "views"),
    ("upload_form", "api"),
    ("management", "supervision"),
    ("api", "downloads"),
    ("admin", "downloads"),
}


@cache
def files() -> list[Path]:
    """The project's own Python files, without the tests."""
    own = [ROOT / "manage.py", *(ROOT / "jobs").rglob("*.py"), *(ROOT / "pdfjobs_site").rglob("*.py")]
    return [path for path in own if "migrations" not in path.parts]


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def imports(path: Path) -> Iterator[str]:
    """All that a file imports, also inside functions, as dotted names: `from jobs import queue` is "jobs.queue"."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name(path)} imports relatively"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def importers(package: str) -> set[str]:
    """The files that import `package` or something of it."""
    return {name(path) for path in files() if any(f"{found}.".startswith(f"{package}.") for found in imports(path))}


def room(dotted: str) -> str | None:
    """The part of `jobs` that a dotted name is in."""
    parts = dotted.split(".")
    return parts[1] if parts[0] == "jobs" and len(parts) > 1 else None


def room_of(path: Path) -> str | None:
    return room(".".join(path.relative_to(ROOT).with_suffix("").parts))


def steps() -> Iterator[tuple[Path, str, str]]:
    """Each import from one part of `jobs` into another: file, from, to."""
    for path in files():
        here = room_of(path)
        for found in imports(path):
            there = room(found)
            if here and there and here not in {there, "__init__"}:
                yield path, here, there


def test_it_has_a_floor_for_everything() -> None:
    assert {room_of(path) for path in files()} - {None, "__init__"} <= set(HEIGHTS)


def test_it_imports_downwards_only() -> None:
    upwards = [f"{name(path)} imports {there}" for path, here, there in steps() if HEIGHTS[here] < HEIGHTS[there]]
    assert upwards == []


def test_it_has_doors_that_do_not_know_each_other() -> None:
    sideways = [
        f"{name(path)} imports {there}"
        for path, here, there in steps()
        if {here, there} <= FLOORS["doors"] and (here, there) not in DOORS_THROUGH
    ]
    assert sideways == []


def test_it_keeps_the_verbs_of_people_and_workers_apart() -> None:
    sideways = [f"{name(path)} imports {there}" for path, here, there in steps() if {here, there} <= FLOORS["verbs"]]
    assert sideways == []


def test_it_does_not_let_the_application_know_its_site() -> None:
    assert importers("pdfjobs_site") - {name(path) for path in (ROOT / "pdfjobs_site").glob("*.py")} <= {
        "jobs/management/commands/convert.py",
        "jobs/management/commands/serve.py",
    }


@pytest.mark.parametrize(
    ("package", "where"),
    [
        ("django_q", {"jobs/queue.py", "jobs/redis_broker.py"}),
        ("redis", {"jobs/redis_broker.py"}),
        ("django.core.files.storage", {"jobs/storage.py"}),
        ("storages", {"jobs/object_store.py"}),
        ("boto3", {"jobs/object_store.py"}),
    ],
)
def test_it_knows_the_queue_and_the_paths_in_one_place(package: str, where: set[str]) -> None:
    assert importers(package) == where


@pytest.mark.parametrize("package", ["pymupdf", "onnxruntime"])
def test_it_opens_pdfs_in_the_engines_only(package: str) -> None:
    found = importers(package)
    assert found
    assert {path for path in found if not path.startswith("jobs/engines/")} == set()


def test_it_loads_the_vision_client_only_where_a_model_is_asked() -> None:
    assert importers("openai") == {"jobs/engines/vision/client.py"}
    assert importers("jobs.engines.vision.client") == set()


def test_it_has_engines_without_django() -> None:
    pure = {path for path in importers("django") if path.startswith("jobs/engines/")}
    assert pure == set()


def test_it_reads_the_environment_in_one_file() -> None:
    readers = set()
    for path in files():
        for node in ast.walk(tree(path)):
            by_attribute = isinstance(node, ast.Attribute) and node.attr in {"environ", "environb", "getenv", "putenv"}
            by_import = isinstance(node, ast.ImportFrom) and node.module == "os"
            if by_attribute or by_import:
                readers.add(name(path))
    assert readers - {"manage.py"} == {"pdfjobs_site/env.py"}


def test_it_names_the_settings_module_and_nothing_else_in_manage_py() -> None:
    source = (ROOT / "manage.py").read_text()
    assert source.count("environ") == source.count('os.environ.setdefault("DJANGO_SETTINGS_MODULE"') == 1


def test_it_moves_a_status_in_one_place() -> None:
    """Only the compare-and-set writes a job's status; the pages' are written under the fence token."""
    writers = {
        name(path)
        for path in files()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Attribute) and target.attr == "status" and ast.unparse(target.value) != "problem"
    }
    assert writers == set()


def test_it_has_no_folder_for_odds_and_ends() -> None:
    odds = {"utils", "util", "helpers", "helper", "common", "core", "base", "misc", "lib"}
    folders = {part for path in files() for part in path.relative_to(ROOT).with_suffix("").parts}
    assert folders & odds == set()
