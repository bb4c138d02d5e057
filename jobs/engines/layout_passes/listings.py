"""Code: lines in a typewriter face, with the spaces that their places on the page show."""

from collections.abc import Iterator
from itertools import groupby, pairwise
from statistics import median

from jobs.engines.geometry import around
from jobs.engines.layout_passes.shapes import Block, Line

_BULLETS = "•‣◦▪■●○"
_LEAST_STEP = 4.0  # points from line to line
_TWICE = 1.7  # of the usual step: where a line is left out
_KINDS = ("text", "list", "heading", "caption", "formula", "picture", "footnote")


def is_mono(line: Line) -> bool:
    """Whether most of a line's letters are equally wide."""
    letters = [(len(span.text.strip()), span.mono) for span in line.spans]
    return sum(n for n, mono in letters if mono) > 0.8 * sum(n for n, _ in letters)


def found(blocks: list[Block]) -> list[Block]:
    """Runs of lines in a typewriter face become code; neighbours become one listing."""
    result: list[Block] = []
    for part in (part for block in blocks for part in _parts(block)):
        last = result[-1] if result else None
        if last is not None and last.kind == part.kind == "code" and _continues(last, part):
            last.lines += part.lines
            last.box = around(last.box, part.box)
        else:
            result.append(part)
    return result


def _parts(block: Block) -> Iterator[Block]:
    """The block cut into code and other. A single line is code only if it is a block of its own."""
    if block.kind not in _KINDS or not any(map(is_mono, block.lines)):
        yield block
        return
    code = _code_lines(block.lines)
    for is_code, run in groupby(block.lines, lambda line: id(line) in code):
        lines = list(run)
        yield Block("code" if is_code else block.kind, around(*(line.box for line in lines)), lines)


def _code_lines(lines: list[Line]) -> set[int]:
    """The ids of the lines that are code: those in a run of several, or the only one."""
    runs = [(mono, list(run)) for mono, run in groupby(lines, lambda line: is_mono(line) and not _has_bullet(line))]
    return {id(line) for mono, run in runs if mono and (len(run) > 1 or len(lines) == 1) for line in run}


def _has_bullet(line: Line) -> bool:
    """Whether a line is an item of a list; dashes and stars begin lines of code too."""
    return line.text.lstrip().startswith(tuple(_BULLETS))


def _continues(above: Block, below: Block) -> bool:
    gap = below.box[1] - above.box[3]
    return -1 < gap < 2.5 * above.lines[-1].size


def markdown(block: Block) -> str:
    """The listing with its indentation, in a fence longer than any inside."""
    width = _letter_width(block.lines)
    left = min(line.box[0] for line in block.lines)
    text = "\n".join(_with_blank_lines(block.lines, [_spaced(line, left, width) for line in block.lines]))
    fence = "```" if "```" not in text else "````"
    return f"{fence}\n{text}\n{fence}"


def _with_blank_lines(lines: list[Line], written: list[str]) -> Iterator[str]:
    """What is `written` of the lines, and an empty line wherever they stand as far apart as if there were one."""
    steps = [below.box[1] - above.box[1] for above, below in pairwise(lines)]
    downwards = sorted(step for step in steps if step > _LEAST_STEP)
    usual = downwards[len(downwards) // 4] if downwards else 0.0  # of a listing half of which is spaced out, too
    for text, step in zip(written, [*steps, 0.0], strict=True):
        yield text
        if usual and step > _TWICE * usual:
            yield ""


def _letter_width(lines: list[Line]) -> float:
    widths = [(s.box[2] - s.box[0]) / len(s.text) for line in lines for s in line.spans if len(s.text.strip()) > 1]
    return median(widths) if widths else 6.0


def _spaced(line: Line, left: float, width: float) -> str:
    """The line's spans at the columns where they stand; a gap of less than a letter is none."""
    text = ""
    for span in line.spans:
        column = round((span.box[0] - left) / width) if width else 0
        text += " " * max(column - len(text), 0) + span.text
    return text.rstrip()
