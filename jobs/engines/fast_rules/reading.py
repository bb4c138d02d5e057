"""From PyMuPDF's dictionary of a page to lines, upright and in one piece.

The dictionary is that of `page.get_text("dict", flags=FLAGS)`. Its "lines" break where a gap is wider than most spaces,
so cells of a table come apart, and so do some words of justified text.
"""

from collections import defaultdict
from collections.abc import Callable
from itertools import pairwise
from typing import Any

from jobs.engines.fast_rules.drawn import drawn
from jobs.engines.fast_rules.fonts import style, typewriters
from jobs.engines.fast_rules.letters import spelt
from jobs.engines.fast_rules.pieces import Line, Run, Sheet, bounds, line_of

# MuPDF's FZ_STEXT_PRESERVE_WHITESPACE, CLIP and COLLECT_VECTORS (stext.h). Without PRESERVE_LIGATURES they come as
# letters, without CID_FOR_UNKNOWN_UNICODE what has no Unicode comes as U+FFFD and not as some other letter.
FLAGS = 2 | 64 | 1024

_WORD_GAP = 0.95  # of the font size: justified text has spaces nearly as wide
_SPACE = 0.5  # after a space that is there: more is the next cell
_PLACE = 1.0  # points that text drawn twice lies apart at most, or twice that
_SMALL = 0.85  # of the size of the text beside it: so small is what stands raised
_ALIKE = 0.6  # a letter much bigger than its neighbours is a drop capital

_Box = tuple[float, float, float, float]
_Turn = Callable[[_Box], _Box]


def sheet(page: dict[str, Any]) -> Sheet:
    """The page's lines and rules; `page` is PyMuPDF's dictionary."""
    blocks = page["blocks"]
    texts = [line for block in blocks if block["type"] == 0 for line in block["lines"]]
    direction = _direction(texts)
    width, height = page["width"], page["height"]
    turn = _turn(direction, width, height)
    typed = typewriters(span for text in texts for span in text["spans"])
    straight, turned, hidden = _read(texts, direction, turn, typed)
    rules, strokes = drawn([block for block in blocks if block["type"] == 3], turn)  # noqa: PLR2004 (vectors)
    if direction[1]:
        width, height = height, width
    return Sheet(width, height, _mended(straight), turned, rules, hidden, strokes)


def upright(page: dict[str, Any]) -> _Turn:
    """The move of boxes that makes most of the page's text run from left to right."""
    texts = [line for block in page["blocks"] if block["type"] == 0 for line in block["lines"]]
    return _turn(_direction(texts), page["width"], page["height"])


def lying(page: dict[str, Any]) -> int:
    """By how many degrees clockwise `upright` turns the page."""
    texts = [line for block in page["blocks"] if block["type"] == 0 for line in block["lines"]]
    return {(1, 0): 0, (0, -1): 90, (-1, 0): 180, (0, 1): 270}[_direction(texts)]


def margins(page: dict[str, Any], share: float) -> Sheet:
    """Only the lines in the top and bottom `share` of the page, at a fraction of the cost."""
    texts = [line for block in page["blocks"] if block["type"] == 0 for line in block["lines"]]
    direction = _direction(texts)
    width, height = page["width"], page["height"]
    turn = _turn(direction, width, height)
    if direction[1]:
        width, height = height, width
    near = [text for text in texts if _is_near(turn(text["bbox"]), height, share)]
    straight, _, hidden = _read(near, direction, turn, frozenset())
    return Sheet(width, height, _mended(straight), [], [], hidden)


def _is_near(box: _Box, height: float, share: float) -> bool:
    return box[3] < share * height or box[1] > (1 - share) * height


def _quarter(direction: tuple[float, float]) -> tuple[int, int]:
    """The direction of a line to the nearest quarter turn."""
    cosine, sine = direction
    if abs(cosine) >= abs(sine):
        return (1, 0) if cosine >= 0 else (-1, 0)
    return (0, 1) if sine > 0 else (0, -1)


def _direction(lines: list[dict[str, Any]]) -> tuple[int, int]:
    """In which direction most of the text runs."""
    weights: dict[tuple[float, float], float] = defaultdict(float)
    for line in lines:
        x0, y0, x1, y1 = line["bbox"]
        weights[line["dir"]] += max(x1 - x0, y1 - y0)
    return _quarter(max(weights, key=lambda direction: weights[direction])) if weights else (1, 0)


def _turn(direction: tuple[int, int], width: float, height: float) -> _Turn:
    """The move that makes text of `direction` run from left to right."""
    turns: dict[tuple[int, int], _Turn] = {
        (1, 0): lambda box: box,
        (-1, 0): lambda box: (width - box[2], height - box[3], width - box[0], height - box[1]),
        (0, -1): lambda box: (height - box[3], box[0], height - box[1], box[2]),
        (0, 1): lambda box: (box[1], width - box[2], box[3], width - box[0]),
    }
    return turns[direction]


def _read(
    texts: list[dict[str, Any]], direction: tuple[int, int], turn: _Turn, typed: frozenset[str]
) -> tuple[list[Line], list[Line], int]:
    """The lines that run in `direction`, the others, and how many letters of them are not painted."""
    straight: list[Line] = []
    turned: list[Line] = []
    unseen: list[Line] = []
    seen: set[tuple[str, int, int]] = set()
    for text in texts:
        line = _line(text["spans"], turn, text["bbox"], typed)
        if line is None or _is_again(line, seen):
            continue
        if not text["spans"][0].get("alpha", 255):
            unseen.append(line)
        elif _quarter(text["dir"]) == direction:
            straight.append(line)
        else:
            turned.append(line)
    if not straight:  # a scan's text layer: better than nothing
        straight = unseen
    return straight, turned, sum(len(line.text) for line in unseen)


def _is_again(line: Line, seen: set[tuple[str, int, int]]) -> bool:
    """Whether the same was drawn at the same place already, for a shadow or to look bold; `seen` learns of the line."""
    x, y = int(line.x0 // _PLACE), int(line.y0 // _PLACE)
    again = any((line.text, x + right, y + down) in seen for right in (0, -1, 1) for down in (0, -1, 1))
    seen.add((line.text, x, y))
    return again


def _line(spans: list[dict[str, Any]], turn: _Turn, bbox: _Box, typed: frozenset[str]) -> Line | None:
    """One line of runs, neighbours of one style joined; None when it is blank."""
    runs: list[Run] = []
    for span in spans:
        text = span["text"]
        if not text:
            continue
        x0, _, x1, _ = turn(span["bbox"])
        looks = style(span["font"], span["flags"], round(span["size"], 1), span["font"] in typed)
        text = text if looks.mono else spelt(text, span["font"])
        if runs and (runs[-1].style == looks or text.isspace()):
            runs[-1] = Run(runs[-1].text + text, runs[-1].style, runs[-1].x0, x1)
        else:
            runs.append(Run(text, looks, x0, x1))
    return _trimmed(_raised(runs), _height_of_text(spans, turn, bbox))


def _raised(runs: list[Run]) -> list[Run]:
    """The runs, raised only those that are smaller than the text beside them: MuPDF tells it of others too."""
    if not any(run.style.raised for run in runs):
        return runs
    limit = _SMALL * max(run.style.size for run in runs)
    return [
        run if not run.style.raised or run.style.size < limit else run._replace(style=run.style._replace(raised=False))
        for run in runs
    ]


def _height_of_text(spans: list[dict[str, Any]], turn: _Turn, bbox: _Box) -> _Box:
    """The line's box, as high as most of its letters: fonts of formulas reach into the lines above and below."""
    x0, y0, x1, y1 = turn(bbox)
    if len(spans) > 1:
        _, y0, _, y1 = turn(max(spans, key=lambda span: len(span["text"]))["bbox"])
    return x0, y0, x1, y1


def _trimmed(runs: list[Run], box: _Box) -> Line | None:
    """Without the blanks at both ends, which would make the line look longer than it is."""
    x0, y0, x1, y1 = box
    while runs and runs[-1].text.isspace():
        x1 = runs.pop().x0
    while runs and runs[0].text.isspace():
        x0 = runs.pop(0).x1
    if not runs:
        return None
    if runs[-1].text[-1].isspace():
        blanks = len(runs[-1].text) - len(runs[-1].text.rstrip())
        x1 -= min(0.25 * blanks * runs[-1].style.size, 0.9 * (x1 - x0))
        runs[-1] = runs[-1]._replace(text=runs[-1].text.rstrip(), x1=x1)
    line = line_of(runs, x0, y0, x1, y1)
    line.blank = x1 < box[2]
    return line


def _mended(lines: list[Line]) -> list[Line]:
    """Lines whose gap is no wider than a space can be in justified text, joined to one."""
    groups: list[list[Line]] = []
    for line in lines:
        if groups and _goes_on(groups[-1][-1], line):
            groups[-1].append(line)
        else:
            groups.append([line])
    return [_with_spaces(group) for group in groups]


def _goes_on(last: Line, line: Line) -> bool:
    gap = line.x0 - last.x1
    size = min(last.size, line.size)
    if size < _ALIKE * max(last.size, line.size):
        return False
    widest = (_SPACE if last.blank else _WORD_GAP) * size
    level = min(last.y1, line.y1) - max(last.y0, line.y0)
    return -0.3 * size <= gap <= widest and level >= 0.6 * min(last.height, line.height)


def _with_spaces(pieces: list[Line]) -> Line:
    if len(pieces) == 1:
        return pieces[0]
    runs = list(pieces[0].runs)
    for last, piece in pairwise(pieces):
        gap = piece.x0 - last.x1
        if gap > 0.1 * piece.size and not piece.text.startswith(" "):
            count = max(1, round(gap / (0.6 * piece.size))) if last.mono and piece.mono else 1
            runs.append(Run(" " * count, runs[-1].style, last.x1, piece.x0))
        runs.extend(piece.runs)
    whole = line_of(runs, *bounds(pieces))
    whole.blank = pieces[-1].blank
    return whole
