"""The layout net finds the boxes of a page (`layout_net`); our own passes (`layout_passes`) make Markdown of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# The nets' one thread must be settled before PyMuPDF loads them.
from jobs.engines import NO_TEXT, Markdown, layout_net, memory

# isort: split
import pymupdf

from jobs.engines.cutting import cut
from jobs.engines.illustrating import Written, illustrated, with_pictures
from jobs.engines.layout_passes import (
    direction,
    dropcaps,
    entries,
    furniture,
    headings,
    illustrations,
    links,
    listings,
    lists,
    monospace,
    order,
    parts,
    reading,
    regions,
    rows,
    seams,
    symbols,
    tables,
    writing,
)
from jobs.engines.layout_passes.shapes import Block, Box, Line, Page, Table
from jobs.engines.ocr import blank, deciding, mixed, sayings, scan
from jobs.engines.upright import set_upright

_TEXT = pymupdf.TEXT_ACCURATE_BBOXES | pymupdf.TEXT_MEDIABOX_CLIP | pymupdf.TEXT_IGNORE_ACTUALTEXT
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
        set_upright(page)
        sight = _seen(page, options)
        blocks = self._blocks(sight, number, options) if sight.lines else []
        boxes: list[Box] = []
        if options.get("images"):
            boxes, blocks = _pictured(sight, blocks, options)
        text, places = writing.markdown(blocks)
        written = Written(text, places, [block.box for block in blocks], illustrations.captions_of(blocks))
        made = illustrated(written, boxes, cut(sight.page, boxes, number), number)
        return Markdown(
            made.text,
            [*made.cut.warnings, *self._said(number, sight, page, text, options)],
            sight.source if text else NO_TEXT,
            seams.found(blocks, made.places, self._bookmarks) if text else {},
            with_pictures(parts.told(blocks, made.text, made.places), made),
            sight.frame,
            made.cut.pictures,
        )

    def _said(self, number: int, sight: "_Sight", page: Any, text: str, options: Mapping[str, Any]) -> list[str]:
        """What people should know of the page; of a page without text that it has none comes last."""
        if not text and blank.is_blank(page):
            return []
        full = f"Page {number} is too big or too full for a layout: its text stands in the order of the file."
        said = sayings.found(number, sight.read, nothing=not text, options=options)
        return [full, *said] if sight.crowd.is_too_big else said

    def _blocks(self, sight: "_Sight", number: int, options: Mapping[str, Any]) -> list[Block]:
        """The page's blocks in reading order, as they are to be written."""
        pdf_page, lines = sight.page, sight.lines
        rightwards = direction.is_right_to_left(lines)
        lines = direction.plain(lines) if rightwards else lines
        lines = dropcaps.joined(links.linked(monospace.marked(lines), links.targets(pdf_page.get_links())))
        body = headings.body_size(lines)
        blocks = _boxed(sight, lines) + sight.pictures
        page = Page(pdf_page.rect.width, pdf_page.rect.height, blocks)
        elsewhere = self._elsewhere(number)
        page = furniture.marked(page, elsewhere, body)
        if options.get("page_furniture") != "keep":
            page = furniture.dropped(page, elsewhere)
        found = page.blocks if sight.crowd.is_too_big else order.ordered(page.blocks, rightwards)
        found = entries.parted(found)
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
        memory.give_back()


def open(path: str, password: str) -> LayoutDocument:  # noqa: A001 (the engines' own word)
    return LayoutDocument(path, password)


@dataclass
class _Sight:
    """A page as the passes get it: its text layer, or what was read in its place and in its pictures."""

    page: Any
    crowd: layout_net.Crowd
    lines: list[Line]
    source: str = "text"
    pictures: list[Block] = field(default_factory=list)
    read: scan.Scan | None = None
    turned: int = 0  # degrees clockwise, to be upright

    @property
    def frame(self) -> dict[str, float]:
        size = self.page.rect
        return {"width": round(size.width, 1), "height": round(size.height, 1), "turned": self.turned}


def _seen(page: Any, options: Mapping[str, Any]) -> _Sight:
    crowd = layout_net.crowd(page)
    lines = _lines(page, crowd)
    look = _look(page, lines)
    if not deciding.wanted(look, options):
        return _with_pictures(_Sight(page, crowd, lines), options)
    read = scan.read(page, str(options.get("ocr_language") or ""))
    upright = layout_net.crowd(read.page)
    found = _lines(read.page, upright)
    if deciding.is_better("\n".join(line.text for line in found), look, options):
        return _Sight(read.page, upright, found, "ocr", read=read, turned=read.turned)
    return _Sight(page, crowd, lines, read=read)


def _lines(page: Any, crowd: layout_net.Crowd) -> list[Line]:
    flags = _TEXT | crowd.affords & pymupdf.TEXT_COLLECT_STYLES
    blocks = page.get_text("dict", flags=flags)["blocks"]
    if direction.is_arabic(blocks):
        blocks = direction.spelled(page.get_text("rawdict", flags=flags)["blocks"])
    if symbols.lacks_operators(blocks):
        coded = page.get_text("dict", flags=flags | pymupdf.TEXT_CID_FOR_UNKNOWN_UNICODE)
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


def _boxed(sight: _Sight, lines: list[Line]) -> list[Block]:
    if sight.crowd.is_too_big:
        return regions.as_they_come(lines)
    groups = layout_net.groups(sight.page, sight.crowd)
    return _with_tables(sight.page, regions.blocks(groups, lines, scanned=sight.source == "ocr"), lines)


def _pictured(sight: _Sight, blocks: list[Block], options: Mapping[str, Any]) -> tuple[list[Box], list[Block]]:
    """Where the page has pictures, and its blocks without the words that these stand for."""
    groups = (sight.page.layout_information if sight.lines else layout_net.groups(sight.page, sight.crowd)) or []
    keeps = options.get("page_furniture") == "keep"
    seen = illustrations.sight(sight.page, groups, sight.lines, blocks, scanned=sight.source == "ocr", furniture=keeps)
    return illustrations.found(seen, blocks, [line for block in sight.pictures for line in block.lines])


def _with_tables(page: Any, blocks: list[Block], lines: list[Line]) -> list[Block]:
    if not any(block.kind == "table" for block in blocks):
        return blocks
    return tables.given(blocks, [rows.trimmed(rows.joined(tables.styled(one, lines), lines)) for one in _tables(page)])


def _tables(page: Any) -> list[Table]:
    found = page.find_tables(use_layout=True, union=True, refine=True)
    return tables.from_finder(found.tables if found else [])


def _margin_lines(page: Any) -> set[str]:
    """Lines of text near the edges of a page, as `furniture` compares them."""
    set_upright(page)
    height = page.rect.height
    found = reading.lines(page.get_text("dict", flags=_TEXT)["blocks"])
    near = (line for line in found if line.box[3] < 0.15 * height or line.box[1] > 0.8 * height)
    return {furniture.key(line) for line in near}
