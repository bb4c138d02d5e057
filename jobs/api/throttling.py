"""How often one user may ask. What is too much is refused by the services, with how long to wait."""

from typing import Any

from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from jobs import services
from jobs.api.authentication import owner_of


class RequestThrottle(BaseThrottle):
    def allow_request(self, request: Request, view: Any) -> bool:
        """True. Raises TooManyRequests."""
        services.take_request(owner_of(request))
        return True


class PollThrottle(BaseThrottle):
    """For what a client asks again and again while it waits."""

    def allow_request(self, request: Request, view: Any) -> bool:
        """True. Raises TooManyRequests."""
        services.take_request(owner_of(request), poll=True)
        return True
