"""`GET /metrics`, for Prometheus."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from jobs import metrics
from jobs.errors import NotFound


class MayMeasure(BasePermission):
    """Staff, by session or token; anybody where no login is asked for or PDFJOBS_METRICS is `open`."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if settings.METRICS == "off":
            raise NotFound("Metrics are switched off (PDFJOBS_METRICS).")
        if settings.METRICS == "open" or not settings.REQUIRE_LOGIN:
            return True
        return bool(request.user and request.user.is_staff)


class MetricsView(APIView):
    permission_classes = (MayMeasure,)

    def get(self, request: Request) -> HttpResponse:
        return HttpResponse(
            metrics.exposition(), content_type=metrics.CONTENT_TYPE, headers={"Cache-Control": "no-store"}
        )
