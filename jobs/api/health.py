"""For load balancers and people on call: does the process answer, and can it do its work?"""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus

from django.db import close_old_connections
from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from jobs.readiness import OK, is_useless, readiness

_REMEMBERED_S = 1.0

# One thread of its own: neither do busy requests hold the answer up, nor do many who ask cost more than one.
_thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="health")


class _Last:
    at = -_REMEMBERED_S
    found: dict[str, str] = {}


@csrf_exempt
@require_safe
async def live(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": OK})


@csrf_exempt
@require_safe
async def ready(request: HttpRequest) -> JsonResponse:
    """200 with what is ok and what not, part by part; 503 when requests can't be served at all."""
    found = await asyncio.get_running_loop().run_in_executor(_thread, _readiness)
    if is_useless(found):
        return _answer("failing", found, HTTPStatus.SERVICE_UNAVAILABLE)
    return _answer(OK if set(found.values()) == {OK} else "degraded", found, HTTPStatus.OK)


def _readiness() -> dict[str, str]:
    """What was found within the last second, or is now."""
    if time.monotonic() - _Last.at >= _REMEMBERED_S:
        close_old_connections()
        _Last.found = readiness()
        _Last.at = time.monotonic()
    return _Last.found


def _answer(status: str, found: dict[str, str], code: HTTPStatus) -> JsonResponse:
    checks = {
        name: {"status": OK} if said == OK else {"status": "failing", "why": said} for name, said in found.items()
    }
    return JsonResponse({"status": status, "checks": checks}, status=code, headers={"Cache-Control": "no-store"})
