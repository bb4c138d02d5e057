"""One page from lines to Markdown: the rules in their order."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from statistics import median

from jobs.engines.fast_rules import ruling, writing
from jobs.engines.fast_rules.aligned import Setting
from jobs.engines.fast_rules.bands import Atom, Group
from jobs.engines.fast_rules.blocks import blocks, goes_on, lies_below
from jobs.engines.fast_rules.code import with_typed_rows
from jobs.engines.fast_rules.drop_caps import with_drop_caps
from jobs.engines.fast_rules.headings import Looks, folded
from jobs.engines.fast_rules.hyphens import flowing
from jobs.engines.fast_rules.marks import with_marks
from jobs.engines.fast_rules.order import Flow, Region, Sides, regions
from jobs.engines.fast_rules.pieces import Block, Line, Rule, Sheet, joined
from jobs.engines.fast_rules.rendering import Piece
from jobs.engines.fast_rules.ruling import Bar, Grid
from jobs.engines.fast_rules.shelves import Pile
from jobs.engines.fast_rules.tables import Table
from jobs.engines.geometry import area
from jobs.engines.layout_passes.words import is_broken_list

_ORNAMENT = re.compile(r"^[\s._\-–—=*·…]{6,}$")  # noqa: RUF001 (dashes)
_EDGE = 0.08  # of the page's width: turned text here is a stamp
_STROKES, _LABEL = 40, 10  # drawn lines, letters
_FILLED = 0.6  # of a table's cells
_BACK = 40  # pieces: so long can a box in a column be
_MUCH = 0.7  # of a table's letters in one cell
_FEW, _LONG = 6, 600  # cells, letters: so few and so long are no table's
_MOST = 0.7  # of the page: a larger box is its frame


def pieces(sheet: Sheet, lines: Sequence[Line], looks: Looks) -> list[Piece]:
    """The blocks and tables of a page in reading order; `lines` are the sheet's own that shall be read."""
    text = [line for line in lines if not _ORNAMENT.match(line.text)] or list(lines)
    text = with_marks(with_drop_caps(with_typed_rows(text)))
    across, down = ruling.bars(sheet.rules)
    atoms, turned = _atoms(sheet, text, across, down)
    setting = Setting(across, cell, _is_drawing(sheet))
    found = [piece for region in regions(atoms, setting) for piece in _pieces(region, looks)]
    found = _labelled(found, looks) if setting.drawing else found
    return [*_rejoined(found), *(Block("text", [line]) for line in turned if not _is_stamp(line, sheet))]


def _is_full(table: Table) -> bool:
    """Whether all cells are equal and most are filled."""
    texts = [text for row in table.rows for text in row]
    return not table.spans and sum(map(bool, texts)) >= _FILLED * len(texts)


def _is_drawing(sheet: Sheet) -> bool:
    """Whether the page is a drawing with labels, on which meeting rules are seldom a table."""
    lengths = [len(line.text) for line in sheet.lines]
    return bool(lengths) and sheet.strokes >= _STROKES and median(lengths) < _LABEL


def _labelled(found: list[Piece], looks: Looks) -> list[Piece]:
    """The pieces of a drawing: what is set big or bold there is a label, and no heading unless the bookmarks say so."""
    for piece in found:
        if isinstance(piece, Block) and piece.kind == "heading":
            title = folded(" ".join(line.text for line in piece.lines))
            if title not in looks.bookmarks:
                piece.kind, piece.level = "text", 0
    return found


def _is_stamp(line: Line, sheet: Sheet) -> bool:
    """Whether turned text stands at the page's edge."""
    return line.x0 < _EDGE * sheet.width or line.x1 > (1 - _EDGE) * sheet.width


def cell(lines: list[Line]) -> str:
    """The text of a table's cell."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: (line.y0 + line.y1, line.x0)):
        if rows and line.y0 < (rows[-1][0].y0 + rows[-1][0].y1) / 2:
            rows[-1].append(line)
        else:
            rows.append([line])
    whole = [joined(sorted(row, key=lambda line: line.x0)) for row in rows]
    if is_broken_list("\n".join(line.text for line in whole)):
        return writing.inline([run for line in whole for run in line.runs], styled=False)
    return writing.inline(flowing(whole), styled=False)


def _atoms(sheet: Sheet, lines: list[Line], across: list[Bar], down: list[Bar]) -> tuple[list[Atom], list[Line]]:
    """Tables for lines in a grid, groups for lines in a box, and the other lines; and the turned lines that are in no
    table."""
    atoms: list[Atom] = []
    rest, turned = Pile(lines), Pile(sheet.turned)
    for grid in sorted(ruling.grids(across, down), key=lambda grid: -area(_edges(grid.edges))):
        within, sideways = rest.inside(grid.edges), turned.inside(grid.edges)
        alone = len(within) == len(rest)
        atom = _atom(sheet, grid, [*within.values()], [*sideways.values()], alone=alone) if within else None
        if atom is not None:
            atoms.append(atom)
            rest.take(within)
            turned.take(sideways if isinstance(atom, Table) else ())
    return [*atoms, *rest], list(turned)


def _atom(sheet: Sheet, grid: Grid, within: list[Line], sideways: list[Line], *, alone: bool) -> Atom | None:
    """The grid as a table, or as a box around text; None when it is neither."""
    found = ruling.table(grid, [*within, *sideways], cell)
    if found is not None and _is_no_frame(found) and (_is_full(found) or not _is_drawing(sheet)):
        return found
    if len(within) > 1 and not alone and area(_edges(grid.edges)) < _MOST * sheet.width * sheet.height:
        return Group(*_edges(grid.edges), within)
    return None


def _is_no_frame(table: Table) -> bool:
    """Whether the text is spread over the cells, and not all in one as in a page's frame."""
    texts = [len(text) for row in table.rows for text in row if text]
    return max(texts) < _MUCH * sum(texts) and not (len(texts) <= _FEW and max(texts) > _LONG)


def _edges(box: Rule) -> tuple[float, float, float, float]:
    return box.x0, box.y0, box.x1, box.y1


def _pieces(region: Region, looks: Looks) -> list[Piece]:
    if isinstance(region, Table):
        return [region]
    if isinstance(region, Flow):
        return list(blocks(region.lines, looks))
    return _woven(region, looks)


def _woven(region: Sides, looks: Looks) -> list[Piece]:
    """Text and the remarks beside it: one on the left before the paragraph it stands at, one on the right after."""
    main = [piece for part in region.main for piece in _pieces(part, looks)]
    slack = median(line.height for line in region.side) / 2
    tops = [(piece.y0, 1) for piece in main]
    for number in range(1, len(tops)):  # columns in the main text are read as they come
        tops[number] = (max(tops[number][0], tops[number - 1][0]), 1)
    side = blocks(region.side, looks)
    places = [(block.y0 - slack if region.before else _end(block, tops), 0) for block in side]
    woven = sorted(zip([*tops, *places], [*main, *side], strict=True), key=lambda entry: entry[0])
    return [piece for _, piece in woven]


def _end(block: Block, tops: Sequence[tuple[float, int]]) -> float:
    """Where a remark comes that begins beside a paragraph: right after that one's top; `tops` go down the page."""
    above = bisect_right(tops, block.y0 + 1, key=lambda top: top[0])
    return tops[above - 1][0] + 0.1 if above else block.y0


def _rejoined(found: list[Piece]) -> list[Piece]:
    """Paragraphs that a column's end or a table cut in two, joined again."""
    pieces_: list[Piece] = []
    for piece in found:
        above = _begun(pieces_, piece) if isinstance(piece, Block) else None
        if isinstance(piece, Block) and above is not None:
            above.lines.extend(piece.lines)
        else:
            pieces_.append(piece)
    return pieces_


def _begun(before: Sequence[Piece], block: Block) -> Block | None:
    """The paragraph that `block` goes on: the last one, or one further up in the same column."""
    texts = [piece for piece in before[-_BACK:] if isinstance(piece, Block)]
    if texts and goes_on(texts[-1], block):
        return texts[-1]
    for above in reversed(texts):
        if above.kind == "text" and lies_below(above, block):
            return above if goes_on(above, block) else None
    return None
