"""What comes in: the options of an upload."""

from dataclasses import fields
from typing import Any

from django.conf import settings
from rest_framework import serializers

from jobs import engines, services
from jobs.limits import PROMPT_CHARACTERS, REFERENCE_CHARACTERS, URL_CHARACTERS


class UploadSerializer(serializers.Serializer[Any]):
    """The fields of an upload besides the file. One that this server doesn't know is refused, not ignored."""

    engine = serializers.CharField(default=None, help_text="What converts the pages.")
    pages = serializers.CharField(default="", allow_blank=True, max_length=1000, help_text="Like 1-3,7; empty for all.")
    page_breaks = serializers.BooleanField(default=False, help_text="Mark in the result where pages begin.")
    images = serializers.BooleanField(default=False, help_text="Cut pictures out.")
    ocr = serializers.ChoiceField(
        default="auto", choices=("auto", "always", "never"), help_text="Read text in pictures."
    )
    ocr_language = serializers.RegexField(
        r"^[A-Za-z_]{2,8}([+,][A-Za-z_]{2,8}){0,9}$",
        default="",
        allow_blank=True,
        help_text="Like deu+eng; empty for the server's own choice.",
        error_messages={"invalid": 'Name languages like "de" or "deu+eng".'},
    )
    page_furniture = serializers.ChoiceField(
        default="drop", choices=("drop", "keep"), help_text="Running headers, footers and page numbers."
    )
    prompt = serializers.CharField(
        default="", allow_blank=True, max_length=PROMPT_CHARACTERS, help_text="For engines that take one."
    )
    password = serializers.CharField(
        default="", allow_blank=True, max_length=255, trim_whitespace=False, help_text="Opens a locked PDF."
    )
    client_ref = serializers.CharField(
        default="", allow_blank=True, max_length=REFERENCE_CHARACTERS, help_text="The client's own name for it."
    )
    callback_url = serializers.CharField(
        default="", allow_blank=True, max_length=URL_CHARACTERS, help_text="Is told what became of the job."
    )
    reuse = serializers.BooleanField(default=True, help_text="Take over what an equal upload became.")

    def validate_engine(self, value: str | None) -> str | None:
        names = sorted({*engines.NAMES, *settings.EXTRA_ENGINES})
        if value is not None and value not in names:
            raise serializers.ValidationError(f"There is no such engine; there are: {', '.join(names)}.")
        return value

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        unknown = sorted(set(self.initial_data) - set(self.fields) - {"file", "csrfmiddlewaretoken"})
        if unknown:
            known = ", ".join(self.fields)
            raise serializers.ValidationError(
                {name[:40]: f"This server does not know this option; it knows: {known}." for name in unknown[:5]}
            )
        return attrs

    def asked(self) -> dict[str, Any]:
        """What a valid form asks for, as `services.submit` takes it."""
        asked = dict(self.validated_data)
        options = services.Options(**{each.name: asked.pop(each.name) for each in fields(services.Options)})
        return {"options": options, **asked}


class KeepSerializer(serializers.Serializer[Any]):
    """`keep` protects a job from being purged; false takes the mark off."""

    keep = serializers.BooleanField(default=True)
