"""The upload's parser: as DRF's, but with a word of its own on file names."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http.multipartparser import MultiPartParser as DjangoParser
from django.http.multipartparser import MultiPartParserError
from rest_framework.exceptions import ParseError
from rest_framework.parsers import DataAndFiles, MultiPartParser

from jobs.errors import BadFileName
from jobs.limits import NAME_CHARACTERS

# Control characters, and halves of surrogate pairs, which no database takes.
_UNFIT = ("Cc", "Cs")


class _Parser(DjangoParser):
    def sanitize_file_name(self, file_name: str) -> str | None:
        """Refuse what no file of an honest client is called, instead of quietly storing another name."""
        if len(file_name) > NAME_CHARACTERS:
            raise BadFileName(f"The file name is longer than {NAME_CHARACTERS} characters. Rename the file.")
        if any(unicodedata.category(character) in _UNFIT for character in file_name):
            raise BadFileName("The file name has control characters in it. Rename the file.")
        if "/" in file_name or "\\" in file_name or file_name.strip(". ") == "":
            raise BadFileName("The file name must not have a path in it. Send the name alone, like report.pdf.")
        return file_name  # as it is: Django would rewrite "R&amp;D.pdf" and joined emoji


class UploadParser(MultiPartParser):
    """Raises BadFileName, and ParseError for a body that is no multipart form."""

    def parse(
        self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> DataAndFiles[Any, Any]:
        request = (parser_context or {})["request"]
        meta = {**request.META, "CONTENT_TYPE": media_type or request.content_type}
        try:
            data, files = _Parser(meta, stream, request.upload_handlers, settings.DEFAULT_CHARSET).parse()
        except MultiPartParserError as error:
            raise ParseError(str(error)) from error
        return DataAndFiles(data, files)
