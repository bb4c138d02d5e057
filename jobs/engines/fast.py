"""Markdown without a model: own rules on the text, fonts and rules that PyMuPDF reads from a page.

For PDFs whose text is text. What can't be done well that way is told by `FastDocument.read`, and `auto` gives it to the
engine `layout`.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from jobs.engines import NO_TEXT, Markdown, figures
from jobs.engines.broken import unless_broken
from jobs.engines.cutting import Cut, cut
from jobs.engines.fast_rules import (
    census,
    composing,
    furniture,
    illustrations,
    links,
    parts,
    reading,
    rendering,
    seams,
)
from jobs.engines.fast_rules.doubts import doubt
from jobs.engines.fast_rules.headings import Looks
from jobs.engines.fast_rules.loading import pymupdf
from jobs.engines.fast_rules.pieces import Line, Sheet
from jobs.engines.fast_rules.rendering import Piece
from jobs.engines.fast_rules.tables import Table
from jobs.engines.geometry import Box
from jobs.engines.illustrating import Written, illustrated, with_pictures

_SCANNED, _MUCH = 800_000, 0.3  # pixels (A4 at 100 dpi has 970,000), share of the page
_KEPT = 6  # pages: the next ones to be converted were just looked at
_EDGES = 24  # pages of which the edges are kept

_Compose = Callable[[Sheet, Sequence[Line]], list[Piece]]


@dataclass(frozen=True)
class _Shown:
    """What a page shows: its pieces in reading order, and its pictures where the rules see them."""

    pieces: list[Piece]
    number: int
    boxes: list[Box] = field(default_factory=list)
    cut: Cut = field(default_factory=Cut)


class FastDocument:
    def __init__(self, path: str, password: str) -> None:
        self._pdf = pymupdf.open(path, filetype="pdf")
        if self._pdf.needs_pass:
            self._pdf.authenticate(password)
        self._sample = census.sample(self._pdf.page_count)
        self._edges: dict[int, furniture.Edges] = {}
        self._pages: OrderedDict[int, dict[str, Any]] = OrderedDict()
        self._looks = self._looks_of_all()

    def convert(self, number: int, options: Mapping[str, Any]) -> Markdown:
        """The page's Markdown, however well the rules can do it."""
        return self._converted(number, options)[0]

    def read(self, number: int, options: Mapping[str, Any]) -> tuple[Markdown, str | None]:
        """The page's Markdown, and why it may be bad."""
        markdown, sheet, tables = self._converted(number, options)
        return markdown, doubt(sheet, tables, partial(self._pictures, number - 1), large=self._has_large(number - 1))

    def _converted(self, number: int, options: Mapping[str, Any]) -> tuple[Markdown, Sheet, list[Table]]:
        looks = self._looks
        sheet = reading.sheet(self._page(number - 1))
        body = self._body(number - 1, sheet)
        lines = list(sheet.lines) if options.get("page_furniture") == "keep" else body
        self._link(number - 1, lines)
        compose = partial(composing.pieces, looks=census.on_page(looks, sheet))
        found = compose(sheet, lines) if lines or sheet.turned else []
        tables = [piece for piece in found if isinstance(piece, Table)]
        shown = _Shown(found, number)
        if options.get("images"):
            shown = self._with_pictures(shown, sheet, lines, options, compose)
        kept = {id(line) for line in body}
        furnished = [line for line in lines if id(line) not in kept]
        return self._written(shown, sheet, furnished, looks), sheet, tables

    def _with_pictures(
        self, shown: _Shown, sheet: Sheet, lines: list[Line], options: Mapping[str, Any], compose: _Compose
    ) -> _Shown:
        """The page's pictures, and its pieces without the words that these stand for."""
        page, raw = self._pdf[shown.number - 1], self._page(shown.number - 1)
        seen = illustrations.sight(page, raw, sheet, shown.pieces, options.get("page_furniture") == "keep")
        chosen = figures.found(seen)
        hiding = illustrations.hiding(seen, chosen, shown.pieces)
        found = shown.pieces
        if hiding:
            bare = replace(sheet, turned=illustrations.outside(sheet.turned, hiding))
            left = illustrations.outside(lines, hiding)
            found = compose(bare, left) if left or bare.turned else []
        boxes = [figure.box for figure in chosen]
        frame = partial(illustrations.to_frame, raw=raw, sheet=sheet, rotation=page.rotation)
        return _Shown(found, shown.number, boxes, cut(page, list(map(frame, boxes)), shown.number))

    def _written(self, shown: _Shown, sheet: Sheet, furnished: list[Line], looks: Looks) -> Markdown:
        page, found = self._pdf[shown.number - 1], shown.pieces
        raw = self._page(shown.number - 1)
        frame = partial(illustrations.to_frame, raw=raw, sheet=sheet, rotation=page.rotation)
        text, places = rendering.markdown(found)
        written = Written(text, places, list(map(parts.box, found)), list(map(parts.caption, found)))
        made = illustrated(written, shown.boxes, shown.cut, shown.number, frame)
        nothing = [] if text else [f"Page {shown.number} has no text that could be read."]
        told = parts.told(found, made.text, made.places, frame, parts.margins(furnished, sheet.height / 2))
        return Markdown(
            made.text,
            [*made.cut.warnings, *nothing],
            "text" if text else NO_TEXT,
            seams.seams(found, made.places, looks) if text else {},
            with_pictures(told, made),
            {"width": round(page.rect.width, 1), "height": round(page.rect.height, 1), "turned": 0},
            made.cut.pictures,
        )

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
            page = unless_broken(partial(self._page, index))
            self._edges[index] = furniture.edges(reading.margins(page, furniture.MARGIN)) if page else {}
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

    def _has_large(self, index: int) -> bool:
        """Whether a picture as fine as a scan covers much of the page: it may hold text, and lie over what OCR read."""
        sizes = [width * height for _, _, width, height, *_ in self._pdf[index].get_images()]
        return max(sizes, default=0) >= _SCANNED and self._pictures(index) >= _MUCH

    def _looks_of_all(self) -> Looks:
        bookmarks = [(entry[0], entry[1]) for entry in unless_broken(self._pdf.get_toc) or ()]
        pages = [unless_broken(partial(self._page, index)) for index in self._sample]
        for index in self._sample:
            self._edges_of(index)
        return census.looks(filter(None, pages), bookmarks)


def open(path: str, password: str) -> FastDocument:  # noqa: A001 (the engines' own word)
    return FastDocument(path, password)
