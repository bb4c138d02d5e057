"""The vision model of this server, as the settings name it."""

from django.conf import settings

from jobs.engines.vision import Endpoint

# What an operator must set for it.
NEEDED = ("PDFJOBS_VISION_BASE_URL", "PDFJOBS_VISION_MODEL")


def endpoint() -> Endpoint | None:
    """None where no vision model is set up."""
    if not (settings.VISION_BASE_URL and settings.VISION_MODEL):
        return None
    return Endpoint(
        base_url=settings.VISION_BASE_URL,
        model=settings.VISION_MODEL,
        api_key=settings.VISION_API_KEY,
        concurrency=settings.VISION_CONCURRENCY,
        timeout_s=settings.VISION_TIMEOUT_S,
        dpi=settings.VISION_DPI,
        max_tokens=settings.VISION_MAX_TOKENS,
        preset=settings.VISION_PRESET,
    )
