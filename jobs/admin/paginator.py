"""A paginator that does not count all rows."""

from typing import Any

from django.core.paginator import Paginator
from django.utils.functional import cached_property


class BoundedPaginator(Paginator):  # type: ignore[type-arg]
    """Counts so far that a page of numbers is still of use; older rows are reached by filters, dates and search."""

    most = 10_000

    @cached_property
    def _found(self) -> int:
        rows: Any = self.object_list
        found: int = rows.order_by()[: self.most + 1].count()
        return found

    @cached_property
    def count(self) -> int:
        return min(self._found, self.most)

    @property
    def is_capped(self) -> bool:
        """Whether there are more rows than it counts."""
        return self._found > self.most
