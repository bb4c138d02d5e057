"""Who may use the API."""

from typing import Any

from django.conf import settings
from rest_framework.permissions import BasePermission
from rest_framework.request import Request


class MayUse(BasePermission):
    """Anybody who is logged in; where no login is asked for, anybody."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return not settings.REQUIRE_LOGIN or bool(request.user and request.user.is_authenticated)
