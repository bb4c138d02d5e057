"""A new version may start beside the old one: what it does to the database must leave the old one working."""

from collections.abc import Iterator

import pytest
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import (
    AddField,
    AlterField,
    DeleteModel,
    RemoveField,
    RenameField,
    RenameModel,
)
from django.db.migrations.operations.base import Operation
from django.db.models import NOT_PROVIDED, Field

# Up to here there was one machine, which was stopped for an update.
LAST_ALONE = 6
# What is taken away: "0012_name RemoveField job.word", once a release before has stopped to use it.
SECOND_STEPS: frozenset[str] = frozenset()


def ours() -> Iterator[tuple[str, Operation]]:
    loader = MigrationLoader(None)
    for (app, name), migration in sorted(loader.disk_migrations.items()):
        if app == "jobs" and int(name.partition("_")[0]) > LAST_ALONE:
            yield from ((name, operation) for operation in migration.operations)


def trouble(operation: Operation) -> str | None:
    """What an older version, that does not know of it, would trip over."""
    if isinstance(operation, AddField | AlterField):
        field: Field[object, object] = operation.field
        if not field.null and field.db_default is NOT_PROVIDED and not field.many_to_many:
            return f"{operation.model_name}.{operation.name} needs null=True or a db_default."
    if isinstance(operation, RenameField | RenameModel):
        return "Add the new one, copy, and remove the old one a release later."
    if isinstance(operation, RemoveField):
        return f"RemoveField {operation.model_name}.{operation.name}"
    if isinstance(operation, DeleteModel):
        return f"DeleteModel {operation.name}"
    return None


def test_it_leaves_the_version_before_working() -> None:
    found = [f"{name} {said}" for name, operation in ours() if (said := trouble(operation))]
    assert [each for each in found if each not in SECOND_STEPS] == []


@pytest.mark.parametrize(
    ("operation", "is_harmless"),
    [
        (AddField("job", "word", Field(null=True)), True),
        (AddField("job", "word", Field(db_default="")), True),
        (AddField("job", "word", Field(default="")), False),
        (RenameField("job", "word", "name"), False),
        (RemoveField("job", "word"), False),
        (DeleteModel("job"), False),
    ],
)
def test_it_knows_what_an_older_version_trips_over(operation: Operation, is_harmless: bool) -> None:
    assert (trouble(operation) is None) == is_harmless
