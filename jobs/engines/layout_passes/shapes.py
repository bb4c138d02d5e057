"""The words the passes share: a page is blocks, a block is lines, a line is spans. Lengths in points, y downwards."""

from dataclasses import dataclass, field

from jobs.engines.geometry import Box, around


@dataclass
class Span:
    """A run of text in one style. `link` is the address it leads to."""

    text: str
    box: Box
    size: float
    font: str = ""
    bold: bool = False
    italic: bool = False
    mono: bool = False
    raised: bool = False
    lowered: bool = False
    link: str = ""


@dataclass
class Line:
    spans: list[Span]

    @property
    def box(self) -> Box:
        return around(*(span.box for span in self.spans))

    @property
    def text(self) -> str:
        return "".join(span.text for span in self.spans)

    @property
    def size(self) -> float:
        """The size of most of its letters."""
        sizes: dict[float, int] = {}
        for span in self.spans:
            sizes[span.size] = sizes.get(span.size, 0) + len(span.text.strip())
        return max(sizes, key=lambda size: sizes[size]) if sizes else 0.0


@dataclass
class Cell:
    """`markdown` and `html` are the text with its links, where it has any."""

    text: str
    rows: int = 1
    columns: int = 1
    head: bool = False
    box: Box | None = None
    markdown: str = ""
    html: str = ""


@dataclass
class Table:
    """Rows of cells as HTML has them: a cell that spans stands once, at its top left."""

    box: Box
    rows: list[list[Cell]]


@dataclass
class Block:
    """A part of the page. `kind` is one of text, heading, list, code, table, picture, formula, caption, footnote,
    header, footer. `level` is a heading's (1-6) or an item's (from 0), `mark` an item's "-" or "3."."""

    kind: str
    box: Box
    lines: list[Line] = field(default_factory=list)
    table: Table | None = None
    level: int = 0
    mark: str = ""

    @property
    def text(self) -> str:
        return " ".join(line.text.strip() for line in self.lines)

    @property
    def size(self) -> float:
        return max((line.size for line in self.lines), default=0.0)


@dataclass
class Page:
    width: float
    height: float
    blocks: list[Block]


def overlap(a: tuple[float, float], b: tuple[float, float]) -> float:
    """The length that two stretches share."""
    return max(0.0, min(a[1], b[1]) - max(a[0], b[0]))
