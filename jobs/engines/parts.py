"""A page's blocks as `Markdown.blocks` tells them: made by the engines, checked by who stores them."""

from collections.abc import Iterable, Mapping
from typing import Any

from jobs.engines.geometry import Box, rounded

# See `Markdown.blocks`.
_FURNITURE = {"header", "footer"}
TYPES = _FURNITURE | {"heading", "text", "list", "code", "table", "picture", "formula", "caption", "footnote"}
_DEEPEST, _MOST = 100, 20_000  # levels; blocks of a page
_FAR = 1e6  # points

Place = tuple[int, int]
Part = dict[str, Any]


def part(kind: str, text: str, box: Box, place: Place, **more: Any) -> Part:
    """A block with what every one has, and `more` that its type has."""
    return {"type": kind, "text": text, "bbox": rounded(box), "at": place[0], "to": place[1], **more}


def cell(text: str, rows: int, columns: int, head: bool) -> dict[str, Any]:
    """A table's cell."""
    return {"text": text, "rows": rows, "columns": columns, "head": head}


def table_text(cells: Iterable[Iterable[Mapping[str, Any]]]) -> str:
    """The plain text of a table: a line for each row, a tab between its cells."""
    return "\n".join("\t".join(each["text"] for each in row) for row in cells)


def listing_text(written: str) -> str:
    """What stands between the fences of a listing."""
    return "\n".join(written.split("\n")[1:-1])


def sound(blocks: Any, text: str) -> list[Part]:
    """`blocks` if all of them are as the contract says and fit `text`, else none: they may come from a hostile PDF."""
    try:
        good = len(blocks) <= _MOST and all(_is_sound(block, text) for block in blocks)
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError):
        return []
    return list(blocks) if good else []


def _is_sound(block: Mapping[str, Any], text: str) -> bool:
    # Negated comparisons would let NaN through, which no JSON column takes.
    return (
        block["type"] in TYPES
        and isinstance(block["text"], str)
        and len(block["bbox"]) == 4  # noqa: PLR2004 (left, top, right, bottom)
        and all(-_FAR < edge < _FAR for edge in block["bbox"])
        and 0 <= int(block["at"]) <= int(block["to"]) <= len(text)
        and 0 <= int(block.get("level", 0)) <= _DEEPEST
        and isinstance(block.get("image", ""), str)
        and all(_is_sound_cell(each) for row in block.get("cells", ()) for each in row)
    )


def _is_sound_cell(each: Mapping[str, Any]) -> bool:
    return isinstance(each["text"], str) and int(each["rows"]) > 0 and int(each["columns"]) > 0


def sound_frame(frame: Any) -> dict[str, float]:
    """`frame` with the numbers that it has, if they are such."""
    try:
        found = {name: float(frame[name]) for name in ("width", "height", "turned") if name in frame}
    except (TypeError, ValueError):
        return {}
    return found if all(0 <= value < _FAR for value in found.values()) else {}
