"""Stored files as downloads, read piece by piece whatever the server speaks."""

from collections.abc import AsyncIterator
from pathlib import PurePath

from asgiref.sync import sync_to_async
from django.db.models.fields.files import FieldFile
from django.http import FileResponse


class StoredFile(FileResponse):
    """A stored file. Django would read a plain file whole into memory before an ASGI server gets its first byte."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        pieces = iter(self)
        while piece := await sync_to_async(lambda: next(pieces, b""))():
            yield piece


def download(file: FieldFile, filename: str, content_type: str) -> StoredFile:
    """`file` as an attachment called `filename`. Raises FileNotFoundError."""
    response = StoredFile(file.open("rb"), as_attachment=True, filename=filename, content_type=content_type)
    response["X-Content-Type-Options"] = "nosniff"
    return response


def result_filename(filename: str) -> str:
    """The name under which the result of an upload called `filename` is saved."""
    return f"{PurePath(filename).stem or 'document'}.md"
