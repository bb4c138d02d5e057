"""Right-to-left scripts: the PDF's own order of spans, no emphasis (its marks would be read from the wrong side)."""

import re
from dataclasses import replace

from jobs.engines.layout_passes.shapes import Line

_RIGHT = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
_LEFT = re.compile(r"[A-Za-z\u00c0-\u024f\u0370-\u04ff]")


def is_right_to_left(lines: list[Line]) -> bool:
    text = "".join(line.text for line in lines)
    return len(_RIGHT.findall(text)) > len(_LEFT.findall(text))


def plain(lines: list[Line]) -> list[Line]:
    return [Line([replace(span, bold=False, italic=False, raised=False) for span in line.spans]) for line in lines]
