"""How lists are cut into pages."""

import re
from typing import Any

from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request

from jobs.errors import BadOption

_MOST = 200


class Pages(PageNumberPagination):
    """`?page=` and `?page_size=` (50, at most 200). Raises BadOption for a size that can't be."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = _MOST
    last_page_strings = ()

    def get_page_size(self, request: Request) -> int:
        asked = request.query_params.get("page_size", "50")
        if not re.fullmatch("[0-9]{1,3}", asked) or not 1 <= int(asked) <= _MOST:
            raise BadOption(f"`page_size` is a whole number from 1 to {_MOST}.")
        return int(asked)

    def get_page_number(self, request: Request, paginator: Any) -> str:
        """As it is asked for: an empty one is none, and not the first."""
        return request.query_params.get(self.page_query_param, "1")
