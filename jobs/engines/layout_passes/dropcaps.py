"""Drop capitals: the big first letter of a chapter, put back before the word it begins."""

from dataclasses import replace

from jobs.engines.layout_passes.shapes import Line, overlap

_MOST = 20  # on a page; where more letters stand alone they are labels


def joined(lines: list[Line]) -> list[Line]:
    """The lines with each big lone capital joined to the line at its top right."""
    capitals = [line for line in lines if _is_capital(line)]
    if len(capitals) > _MOST:
        return lines
    for capital in capitals:
        target = _first_beside(capital, lines)
        if target is not None:
            lines = [line for line in lines if line is not capital]
            first = target.spans[0]
            letter = capital.text.strip()
            target.spans[0] = replace(first, text=letter + _glued(letter, first.text.lstrip()))
    return lines


def _is_capital(line: Line) -> bool:
    text = line.text.strip()
    return len(text) == 1 and text.isupper()


def _glued(letter: str, text: str) -> str:
    alone = letter in "AIO" and text[:1].isupper() is False and text[:1].isspace()
    return f" {text}" if alone else text


def _first_beside(capital: Line, lines: list[Line]) -> Line | None:
    """The topmost line that begins right of the capital within its height, if set much smaller."""
    _, top, right, bottom = capital.box
    beside = [
        line
        for line in lines
        if line is not capital
        and line.size < 0.6 * capital.size
        and -0.3 * capital.size < line.box[0] - right < 0.8 * capital.size
        and overlap((line.box[1], line.box[3]), (top, bottom)) > 0
        and line.box[3] > top + 0.1 * (bottom - top)
    ]
    return min(beside, key=lambda line: line.box[1], default=None)
