"""Markdown without a model: own rules on the text, fonts and rules that PyMuPDF reads from a page.

For PDFs whose text is text. What can't be done well that way is told by `FastDocument.read`, and `auto` gives it to the
engine `layout`.
"""

from collections import OrderedDict
from collections.abc import Mapping
from functools import partial
from typing import Any

from jobs.engines import Markdown
from jobs.engines.fast_rules import census, composing, furniture, links, reading, rendering, seams
from jobs.engines.fast_rules.doubts import doubt
from jobs.engines.fast_rules.headings import Looks
from jobs.engines.fast_rules.loading import pymupdf
from jobs.engines.fast_rules.pieces import Line, Sheet
from jobs.engines.fast_rules.tables import Table

_KEPT = 6  # pages: the next ones to be converted were just looked at
_EDGES = 24  # pages of which the edges are kept


class FastDocument:
    def __init__(self, path: str, password: str) -> None:
        self._pdf = pymupdf.open(path, filetype="pdf")
        if self._pdf.needs_pass:
            self._pdf.authenticate(password)
        self._sample = census.sample(self._pdf.page_count)
        self._edges: dict[int, furniture.Edges] = {}
        self._pages: OrderedDict[int, dict[str, Any]] = OrderedDict()
        self._looks: Looks | None = None

    def convert(self, number: int, options: Mapping[str, Any]) -> Markdown:
        """The page's Markdown, however well the rules can do it."""
        return self._converted(number, options)[0]

    def read(self, number: int, options: Mapping[str, Any]) -> tuple[Markdown, str | None]:
        """The page's Markdown, and why it may be bad."""
        markdown, sheet, tables = self._converted(number, options)
        return markdown, doubt(sheet, tables, partial(self._pictures, number - 1))

    def _converted(self, number: int, options: Mapping[str, Any]) -> tuple[Markdown, Sheet, list[Table]]:
        looks = self._looks_of_all()
        sheet = reading.sheet(self._page(number - 1))
        lines = list(sheet.lines) if options.get("page_furniture") == "keep" else self._body(number - 1, sheet)
        self._link(number - 1, lines)
        found = composing.pieces(sheet, lines, census.on_page(looks, sheet)) if lines or sheet.turned else []
        tables = [piece for piece in found if isinstance(piece, Table)]
        text, places = rendering.markdown(found)
        if text:
            return Markdown(text, seams=seams.seams(found, places, looks)), sheet, tables
        return Markdown("", [f"Page {number} has no text that could be read."], source="none"), sheet, tables

    def close(self) -> None:
        self._pages.clear()
        self._pdf.close()

    def _page(self, index: int) -> dict[str, Any]:
        """PyMuPDF's dictionary of a page; those of the neighbours stay, for their edges are looked at next."""
        if index not in self._pages:
            self._pages[index] = self._pdf[index].get_text("dict", flags=reading.FLAGS)
            if len(self._pages) > _KEPT:
                self._pages.popitem(last=False)
        return self._pages[index]

    def _body(self, index: int, sheet: Sheet) -> list[Line]:
        """The page's lines without what runs through the document. It is compared to the pages beside it and to the
        sample, those at hand first: that changes the time it takes and not what is found."""
        steps = (index + step for step in (1, -1, 2, -2))
        beside = [other for other in steps if 0 <= other < self._pdf.page_count]
        others = {other: other in self._edges for other in (*beside, *self._sample) if other != index}
        ordered = sorted(others, key=lambda other: not others[other])
        return furniture.without(sheet, [partial(self._edges_of, other) for other in ordered])

    def _edges_of(self, index: int) -> furniture.Edges:
        if index not in self._edges:
            self._edges[index] = furniture.edges(reading.margins(self._page(index), furniture.MARGIN))
            if len(self._edges) > _EDGES:
                oldest = next(other for other in self._edges if other not in self._sample)
                del self._edges[oldest]
        return self._edges[index]

    def _link(self, index: int, lines: list[Line]) -> None:
        page = self._pdf[index]
        found = page.get_links()
        if found:
            for link in found:
                link["from"] *= page.derotation_matrix  # the text comes as if the page were not turned
            links.linked(lines, links.addresses(found, reading.upright(self._page(index))))

    def _pictures(self, index: int) -> float:
        """Which share of the page pictures cover, those on top of each other counted twice."""
        page = self._pdf[index]
        if not page.get_images():  # a list of names; where they stand takes as long as reading the page
            return 0.0
        covered = sum(abs(pymupdf.Rect(image["bbox"]) & page.rect) for image in page.get_image_info())
        return float(covered / (abs(page.rect) or 1.0))

    def _looks_of_all(self) -> Looks:
        if self._looks is None:
            bookmarks = [(entry[0], entry[1]) for entry in self._pdf.get_toc()]
            self._looks = census.looks(map(self._page, self._sample), bookmarks)
            for index in self._sample:
                self._edges_of(index)
        return self._looks


def open(path: str, password: str) -> FastDocument:  # noqa: A001 (the engines' own word)
    return FastDocument(path, password)
