"""`GET /api/limits`: what a client must know before it uploads."""

from dataclasses import fields
from typing import Any

from django.conf import settings
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import DateTimeField
from rest_framework.views import APIView

from jobs import engines, services
from jobs.api.authentication import owner_of
from jobs.endpoint import endpoint
from jobs.engines.ocr import languages
from jobs.limits import PROMPT_CHARACTERS, limits


class LimitsView(APIView):
    """The limits of each upload and page, what may be chosen, how long results stay, and what is left of one's own."""

    def get(self, request: Request) -> Response:
        own = services.own_limits(owner_of(request))
        return Response(
            {
                **_of_an_upload(),
                **_choices(),
                "retention": _retention(),
                "own": {each.name: _left(getattr(own, each.name)) for each in fields(own)},
            },
            headers={"Cache-Control": "no-store"},
        )


def _of_an_upload() -> dict[str, Any]:
    allowed = limits()
    return {
        "upload_bytes": allowed.upload_bytes,
        "pages": allowed.pages,
        "page_seconds": allowed.page_seconds,
        "page_memory_mb": allowed.page_memory_mb,
    }


def _choices() -> dict[str, Any]:
    model = endpoint()
    there = [*engines.ENGINES, *([engines.VISION] if model else []), *settings.EXTRA_ENGINES]
    return {
        "engines": there,
        "default_engine": engines.DEFAULT,
        "vision_model": model.model if model else None,
        "prompt_characters": PROMPT_CHARACTERS if model else 0,
        "ocr_languages": languages.readable(),
    }


def _retention() -> dict[str, Any]:
    allowed = limits()
    return {
        "max_jobs": allowed.stored_jobs,
        "max_bytes": allowed.stored_bytes,
        "unused_seconds": int(allowed.unused_for.total_seconds()) if allowed.unused_for else None,
    }


def _left(one: services.Left | None) -> dict[str, Any] | None:
    if one is None:
        return None
    anew_at = DateTimeField().to_representation(one.anew_at) if one.anew_at else None
    return {"limit": one.limit, "left": one.left, "anew_at": anew_at}
