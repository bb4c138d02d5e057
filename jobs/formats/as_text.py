"""`text`: the words alone, for search indexes. Paragraphs are parted by empty lines, a table's cells by tabs; each page
ends with a form feed, so the n-th page is the n-th part.
"""

from collections.abc import Iterator
from typing import IO

from jobs.formats import reading
from jobs.formats.grids import Cell, rows_text
from jobs.formats.plain import plain
from jobs.models import Job, Page


def pieces(job: Job, markdown: IO[bytes]) -> Iterator[bytes]:
    """The text of a completed job, see `Format`; its pages come from the database."""
    for page in reading.pages(job):
        yield (page_text(page).replace("\f", " ") + "\n\f").encode()


def page_text(page: Page) -> str:
    """The page's text, or a visible mark where it could not be converted, or is just tried again."""
    if page.status == Page.Status.FAILED:
        return f"[Page {page.number} could not be converted. {' '.join(page.error.split())}]"
    if page.status != Page.Status.DONE:
        return f"[Page {page.number} is not converted yet.]"
    return _of_blocks(page.blocks) or plain(page.markdown)


def _of_blocks(blocks: object) -> str:
    """The blocks' text; empty where there are none, or such as no engine of ours makes."""
    try:
        return _put_together(blocks)
    except (AttributeError, KeyError, TypeError, ValueError):
        return ""


def _put_together(blocks: object) -> str:
    text, above = "", ""
    for block in blocks:  # type: ignore[attr-defined]
        written = _block(block)
        if written and block.get("at", 0) < block.get("to", 1):  # else the Markdown has it not
            text += ("\n" if above == block["type"] == "list" else "\n\n") * bool(text) + written
            above = block["type"]
    return text


def _block(block: dict[str, object]) -> str:
    rows = block.get("cells")
    if block["type"] == "table" and isinstance(rows, list):
        return rows_text([[Cell(str(c["text"]), int(c["rows"]), int(c["columns"])) for c in row] for row in rows])
    return str(block["text"]).strip("\n")
