"""Blocks and tables as Markdown."""

from collections.abc import Sequence

from jobs.engines.fast_rules import tables, writing
from jobs.engines.fast_rules.code import listing
from jobs.engines.fast_rules.hyphens import flowing
from jobs.engines.fast_rules.nesting import depths, prefixes
from jobs.engines.fast_rules.pieces import Block, Run
from jobs.engines.fast_rules.tables import Table

Piece = Block | Table
Place = tuple[int, int]  # where a piece's Markdown stands in the page's, in letters


def markdown(found: Sequence[Piece]) -> tuple[str, list[Place]]:
    """The page's Markdown, and where each piece stands in it."""
    before = _item_prefixes(found)
    text = ""
    places: list[Place] = []
    above: Piece | None = None
    for piece in found:
        written = tables.written(piece) if isinstance(piece, Table) else _block(piece, before)
        if written and text:
            text += "\n" if _is_item(above) and _is_item(piece) else "\n\n"
        places.append((len(text), len(text) + len(written)))
        text += written
        above = piece if written else above
    return text, places


def _is_item(piece: Piece | None) -> bool:
    return isinstance(piece, Block) and piece.kind == "item"


def _item_prefixes(found: Sequence[Piece]) -> dict[int, str]:
    """What stands before each item, its nesting told by the items around it."""
    before: dict[int, str] = {}
    run: list[Block] = []
    for piece in [*found, None]:
        if isinstance(piece, Block) and piece.kind == "item":
            run.append(piece)
        elif run:
            nested = depths([block.x0 for block in run])
            for block, prefix in zip(run, prefixes(nested, [block.mark for block in run]), strict=True):
                before[id(block)] = prefix
            run = []
    return before


def _block(block: Block, before: dict[int, str]) -> str:
    if block.kind == "code":
        return listing(block.lines)
    runs = flowing(block.lines)
    if block.kind == "heading":
        return "#" * block.level + " " + writing.inline(runs, styled=False)
    if block.kind == "item":
        return before[id(block)] + writing.guarded(writing.inline(_cut(runs, block.cut)))
    return writing.guarded(writing.inline(runs))


def _cut(runs: Sequence[Run], letters: int) -> list[Run]:
    """The runs without their first `letters`."""
    kept: list[Run] = []
    for run in runs:
        part = run.text[letters:]
        letters = max(0, letters - len(run.text))
        if part:
            kept.append(run._replace(text=part))
    return kept
