"""Answers in JSON, with what is for people in the language that they asked for."""

from collections.abc import Mapping
from typing import Any

from rest_framework.renderers import JSONRenderer

from jobs.sayings import told


class InLanguage(JSONRenderer):
    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> Any:
        return super().render(told(data), accepted_media_type, renderer_context)
