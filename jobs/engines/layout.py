"""PyMuPDF's layout net finds the boxes of a page; our own passes (`layout_passes`) make Markdown of them.

The net with the "rf" features is used: without the picture net of PyMuPDF's default it takes half the time and finds as
much.
"""

import ctypes
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import onnxruntime

from jobs.engines import Markdown


class _OneThread(onnxruntime.InferenceSession):  # type: ignore[misc]
    """One process a core is faster than two threads a process: by default the nets' threads spin and fight."""

    def __init__(self, path_or_bytes: Any, sess_options: Any = None, **others: Any) -> None:
        session = sess_options or onnxruntime.SessionOptions()
        session.intra_op_num_threads = session.inter_op_num_threads = 1
        super().__init__(path_or_bytes, sess_options=session, **others)


# PyMuPDF loads its nets at import and offers no setting for their threads.
onnxruntime.InferenceSession = _OneThread

import pymupdf  # noqa: E402
from pymupdf.layout import DocumentLayoutAnalyzer  # noqa: E402

from jobs.engines.layout_passes import (  # noqa: E402
    direction,
    dropcaps,
    entries,
    furniture,
    headings,
    links,
    listings,
    lists,
    monospace,
    order,
    reading,
    regions,
    rows,
    seams,
    symbols,
    tables,
    writing,
)
from jobs.engines.layout_passes.shapes import Block, Line, Page, Table  # noqa: E402
from jobs.engines.ocr import blank, deciding, mixed, sayings, scan  # noqa: E402

pymupdf._get_layout = DocumentLayoutAnalyzer.get_model(feature_set_name="rf").predict
pymupdf.TOOLS.unset_quad_corrections(True)

_TEXT = (
    pymupdf.TEXT_COLLECT_STYLES
    | pymupdf.TEXT_ACCURATE_BBOXES
    | pymupdf.TEXT_MEDIABOX_CLIP
    | pymupdf.TEXT_IGNORE_ACTUALTEXT
)
_SURELY_TEXT = 1000  # letters of a page that is not drawn as outlines
_NEIGHBOURS = (-2, -1, 1, 2)  # pages whose margins are compared to tell furniture


class LayoutDocument:
    def __init__(self, path: str, password: str) -> None:
        self._pdf = pymupdf.open(path, filetype="pdf")
        if self._pdf.needs_pass:
            self._pdf.authenticate(password)
        self._bookmarks = {headings.title_key(title): min(level, 6) for level, title, *_ in self._pdf.get_toc()}
        self._margins: dict[int, set[str]] = {}

    def convert(self, number: int, options: Mapping[str, Any]) -> Markdown:
        """The page's Markdown without running headers and footers."""
        page = self._pdf[number - 1]
        page.remove_rotation()
        sight = _seen(page, options)
        blocks = self._blocks(sight, number, options) if sight.lines else []
        text, places = writing.markdown(blocks)
        if not text and blank.is_blank(page):
            return Markdown("", source="none")
        said = sayings.found(number, sight.read, nothing=not text, options=options)
        if not text:
            return Markdown("", said, source="none")
        return Markdown(text, said, sight.source, seams.found(blocks, places, self._bookmarks))

    def _blocks(self, sight: "_Sight", number: int, options: Mapping[str, Any]) -> list[Block]:
        """The page's blocks in reading order, as they are to be written."""
        pdf_page, lines = sight.page, sight.lines
        rightwards = direction.is_right_to_left(lines)
        lines = direction.plain(lines) if rightwards else lines
        lines = dropcaps.joined(links.linked(monospace.marked(lines), links.targets(pdf_page.get_links())))
        body = headings.body_size(lines)
        blocks = regions.blocks(_layout(pdf_page), lines, scanned=sight.source == "ocr")
        blocks = _with_tables(pdf_page, blocks, lines) + sight.pictures
        page = Page(pdf_page.rect.width, pdf_page.rect.height, blocks)
        if options.get("page_furniture") != "keep":
            elsewhere = self._elsewhere(number)
            page = furniture.dropped(furniture.marked(page, elsewhere, body), elsewhere)
        found = entries.parted(order.ordered(page.blocks, rightwards))
        found = lists.nested(
            lists.continued(lists.split(listings.found(headings.checked(headings.parted(found), body))))
        )
        return headings.levelled(found, self._bookmarks, body)

    def _elsewhere(self, number: int) -> set[str]:
        """What stands in the margins of the pages around."""
        around = (number + step for step in _NEIGHBOURS)
        return set().union(*(self._margin(n) for n in around if 1 <= n <= self._pdf.page_count))

    def _margin(self, number: int) -> set[str]:
        if number not in self._margins:
            self._margins[number] = _margin_lines(self._pdf[number - 1])
            for old in [n for n in self._margins if abs(n - number) > 2 * max(_NEIGHBOURS)]:
                del self._margins[old]
        return self._margins[number]

    def close(self) -> None:
        self._pdf.close()
        _give_memory_back()


def open(path: str, password: str) -> LayoutDocument:  # noqa: A001 (the engines' own word)
    return LayoutDocument(path, password)


@dataclass
class _Sight:
    """A page as the passes get it: its text layer, or what was read in its place and in its pictures."""

    page: Any
    lines: list[Line]
    source: str = "text"
    pictures: list[Block] = field(default_factory=list)
    read: scan.Scan | None = None


def _seen(page: Any, options: Mapping[str, Any]) -> _Sight:
    lines = _lines(page)
    look = _look(page, lines)
    if not deciding.wanted(look, options):
        return _with_pictures(_Sight(page, lines), options)
    read = scan.read(page, str(options.get("ocr_language") or ""))
    found = _lines(read.page)
    if deciding.is_better("\n".join(line.text for line in found), look, options):
        return _Sight(read.page, found, "ocr", read=read)
    return _Sight(page, lines, read=read)


def _lines(page: Any) -> list[Line]:
    blocks = page.get_text("dict", flags=_TEXT)["blocks"]
    if direction.is_arabic(blocks):
        blocks = direction.spelled(page.get_text("rawdict", flags=_TEXT)["blocks"])
    if symbols.lacks_operators(blocks):
        coded = page.get_text("dict", flags=_TEXT | pymupdf.TEXT_CID_FOR_UNKNOWN_UNICODE)
        symbols.with_operators(blocks, coded["blocks"])
    return reading.lines(blocks)


def _look(page: Any, lines: list[Line]) -> deciding.Look:
    covered = sum(abs(pymupdf.Rect(image["bbox"]) & page.rect) for image in page.get_image_info())
    text = "\n".join(line.text for line in lines)
    # Drawings are only counted where they decide: it takes long on maps and plans.
    drawings = 0 if covered or len(text) > _SURELY_TEXT else len(page.get_cdrawings())
    return deciding.Look(text, covered / max(abs(page.rect), 1.0), drawings)


def _with_pictures(sight: _Sight, options: Mapping[str, Any]) -> _Sight:
    """What stands in pictures of text on a page that has text of its own, read."""
    if options.get("ocr") == "never":
        return sight
    spans = [span.box for line in sight.lines for span in line.spans]
    read = mixed.read(sight.page, mixed.pictures(sight.page, spans))
    lines = [[reading.guessed(line.text, line.box) for line in found] for found in read.found]
    sight.pictures = [block for some in lines if some for block in regions.from_picture(some)]
    sight.source = "mixed" if sight.pictures else sight.source
    sight.read = scan.Scan(sight.page, read.unread)
    return sight


def _layout(page: Any) -> list[dict[str, Any]]:
    page.get_layout(return_raw=True)
    return page.layout_information or []


def _with_tables(page: Any, blocks: list[Block], lines: list[Line]) -> list[Block]:
    if not any(block.kind == "table" for block in blocks):
        return blocks
    return tables.given(blocks, [rows.trimmed(rows.joined(tables.styled(one, lines), lines)) for one in _tables(page)])


def _tables(page: Any) -> list[Table]:
    found = page.find_tables(use_layout=True, union=True, refine=True)
    return tables.from_finder(found.tables if found else [])


def _margin_lines(page: Any) -> set[str]:
    """Lines of text near the edges of a page, as `furniture` compares them."""
    page.remove_rotation()
    height = page.rect.height
    near = (line for line in _lines(page) if line.box[3] < 0.15 * height or line.box[1] > 0.8 * height)
    return {furniture.key(line) for line in near}


def _give_memory_back() -> None:
    """The C library keeps what the nets have freed: half of the process, and all of it idle."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim:
        trim(0)
