"""Views that wait without holding a thread."""

from inspect import isawaitable
from typing import Any

from asgiref.sync import sync_to_async
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework.views import APIView


class AsyncView(APIView):
    """A DRF view whose handlers are async. Who may come in is settled as in all others, in a thread that is then free.

    What a handler needs of the database is best fetched at the end of `initial`, on the same way into a thread.
    """

    async def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        self.args, self.kwargs = args, kwargs
        self.request = self.initialize_request(request, *args, **kwargs)
        self.headers = self.default_response_headers
        try:
            await sync_to_async(self.initial)(self.request, *args, **kwargs)
            handler = getattr(self, (request.method or "").lower(), self.http_method_not_allowed)
            response = handler(self.request, *args, **kwargs)
            if isawaitable(response):
                response = await response
        except Exception as error:  # noqa: BLE001 (as in DRF: what is no answer to the client is raised again)
            response = self.handle_exception(error)
        self.response = self.finalize_response(self.request, response, *args, **kwargs)
        return self.response
