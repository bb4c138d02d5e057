"""The layout net finds the boxes of a page (`layout_net`); our own passes (`layout_passes`) make Markdown of them."""

from collections.abc import Mapping
from typing import Any

# The nets' one thread must be settled before PyMuPDF loads them.
from jobs.engines import NO_TEXT, Markdown, layout_net, layout_sight, memory

# isort: split
import pymupdf

from jobs.engines.broken import unless_broken
from jobs.engines.cutting import cut
from jobs.engines.geometry import Box
from jobs.engines.illustrating import Written, illustrated, with_pictures
from jobs.engines.layout_neighbours import Neighbours
from jobs.engines.layout_passes import (
    compounds,
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
    regions,
    rows,
    seams,
    tables,
    writing,
)
from jobs.engines.layout_passes.shapes import Block, Line, Page, Table
from jobs.engines.layout_sight import Sight
from jobs.engines.ocr import blank, sayings
from jobs.engines.upright import set_upright


class LayoutDocument:
    def __init__(self, path: str, password: str) -> None:
        self._pdf = pymupdf.open(path, filetype="pdf")
        if self._pdf.needs_pass:
            self._pdf.authenticate(password)
        toc = unless_broken(self._pdf.get_toc) or []
        self._bookmarks = {headings.title_key(title): min(level, 6) for level, title, *_ in toc}
        self._neighbours = Neighbours(self._pdf)

    def convert(self, number: int, options: Mapping[str, Any]) -> Markdown:
        """The page's Markdown without running headers and footers."""
        page = self._pdf[number - 1]
        set_upright(page)
        sight = layout_sight.seen(page, options)
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

    def _said(self, number: int, sight: Sight, page: Any, text: str, options: Mapping[str, Any]) -> list[str]:
        """What people should know of the page; of a page without text that it has none comes last."""
        if not text and blank.is_blank(page):
            return []
        full = f"Page {number} is too big or too full for a layout: its text stands in the order of the file."
        said = sayings.found(number, sight.read, nothing=not text, options=options)
        return [full, *said] if sight.crowd.is_too_big else said

    def _blocks(self, sight: Sight, number: int, options: Mapping[str, Any]) -> list[Block]:
        """The page's blocks in reading order, as they are to be written."""
        pdf_page, lines = sight.page, sight.lines
        rightwards = direction.is_right_to_left(lines)
        lines = direction.plain(lines) if rightwards else lines
        lines = dropcaps.joined(links.linked(monospace.marked(lines), links.targets(pdf_page.get_links())))
        body = headings.body_size(lines)
        blocks = _boxed(sight, lines) + sight.pictures
        page = Page(pdf_page.rect.width, pdf_page.rect.height, blocks)
        elsewhere, words = self._neighbours.around(number)
        page = furniture.marked(page, elsewhere, body)
        if options.get("page_furniture") != "keep":
            page = furniture.dropped(page, elsewhere)
        found = page.blocks if sight.crowd.is_too_big else order.ordered(page.blocks, rightwards)
        found = entries.parted(compounds.whole(found, words | compounds.vocabulary(line.text for line in lines)))
        found = lists.nested(
            lists.continued(lists.split(listings.found(headings.checked(headings.parted(found), body))))
        )
        return headings.levelled(found, self._bookmarks, body)

    def close(self) -> None:
        self._pdf.close()
        memory.give_back()


def open(path: str, password: str) -> LayoutDocument:  # noqa: A001 (the engines' own word)
    return LayoutDocument(path, password)


def _boxed(sight: Sight, lines: list[Line]) -> list[Block]:
    if sight.crowd.is_too_big:
        return regions.as_they_come(lines)
    groups = layout_net.groups(sight.page, sight.crowd)
    return _with_tables(sight.page, regions.blocks(groups, lines, scanned=sight.source == "ocr"), lines)


def _pictured(sight: Sight, blocks: list[Block], options: Mapping[str, Any]) -> tuple[list[Box], list[Block]]:
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
