"""Blocks as Markdown."""

import re

from jobs.engines.layout_passes import listings, tables
from jobs.engines.layout_passes.reading import in_rows
from jobs.engines.layout_passes.shapes import Block
from jobs.engines.layout_passes.styles import inline

Place = tuple[int, int]

# What Markdown would take for its own at the start of a paragraph.
_BLOCK_SIGN = re.compile(r"^(?:#{1,6}(?= )|>|[-+](?= ))")


def markdown(blocks: list[Block]) -> tuple[str, list[Place]]:
    """The page's Markdown, and from where to where each block stands in it."""
    text, places = "", []
    last: Block | None = None
    for block in blocks:
        part = _written(block).rstrip()
        if part.strip():
            tight = last is not None and last.kind == block.kind == "list"
            text += ("\n" if tight else "\n\n") * bool(text)
            last = block
        places.append((len(text), len(text) + len(part)))
        text += part
    return text, places


def _written(block: Block) -> str:
    if block.kind == "table" and block.table is not None:
        return tables.markdown(block.table)
    if block.kind == "code":
        return listings.markdown(block)
    if block.kind == "heading":
        return f"{'#' * max(block.level, 1)} {inline(block.lines, plain=True)}"
    if block.kind == "list":
        return f"{'    ' * block.level}{block.mark or '-'} {inline(block.lines)}"
    if block.kind in ("picture", "formula", "table"):
        return "\n".join(inline([line]) + "  " for line in in_rows(block.lines)).rstrip()
    return _BLOCK_SIGN.sub(r"\\\g<0>", inline(block.lines))
