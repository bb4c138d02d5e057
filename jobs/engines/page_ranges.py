"""Page ranges as people write them: "1-3,7"."""

import re
from collections.abc import Iterable

from jobs.errors import BadPageRange

_PART = re.compile(r"\s*(\d{1,9})\s*(?:-\s*(\d{1,9})?\s*)?$")


def page_numbers(text: str, page_count: int) -> list[int]:
    """The pages that `text` picks out of `page_count`, each once, in the document's order; all when it is empty.

    "5-" is page 5 to the last. Raises BadPageRange for anything else, and for pages that the PDF doesn't have.
    """
    if not text.strip():
        return list(range(1, page_count + 1))
    numbers: set[int] = set()
    for part in text.split(","):
        numbers.update(_part(part, page_count))
    return sorted(numbers)


def written(numbers: Iterable[int]) -> str:
    """Ascending page numbers as people write them: "1-3, 7"."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)


def _part(part: str, page_count: int) -> range:
    match = _PART.match(part)
    if not match:
        raise BadPageRange(f'"{part.strip()[:40]}" is no page range: write it like 1-3,7 or 5- (from page 5 on).')
    first = int(match[1])
    last = int(match[2]) if match[2] else (page_count if "-" in part else first)
    if not 1 <= first <= last:
        raise BadPageRange(f'"{part.strip()}" is no page range: pages count from 1, the smaller number comes first.')
    if last > page_count or first > page_count:
        raise BadPageRange(f"The PDF has {page_count} pages, so {part.strip()} is out of range.")
    return range(first, last + 1)
