"""Which fonts are typewriter faces: by their flag, by their name, or because all their letters are equally wide."""

from collections.abc import Iterable
from statistics import median

from jobs.engines.layout_passes.shapes import Line, Span

_NAMES = (
    "courier", "mono", "consol", "typewriter", "cmtt", "menlo", "monaco", "sourcecode", "lucidasanstyp",
    "lettergothic", "inconsolata", "andale", "fixedsys", "nimbusmon", "firacode", "ocrb",
)  # fmt: skip
_SPREAD = 0.04  # how much the mean widths of a typewriter face's runs may differ
_RUNS, _LETTERS = 4, 4  # so many runs of so many letters are needed to tell


def marked(lines: list[Line]) -> list[Line]:
    """The lines with `mono` set on all spans in such fonts."""
    spans = [span for line in lines for span in line.spans]
    fonts = {span.font for span in spans if span.mono or _named(span.font)} | _measured(spans)
    for span in spans:
        span.mono = span.font in fonts
    return lines


def _named(font: str) -> bool:
    plain = font.lower().replace(" ", "").replace("-", "")
    return any(name in plain for name in _NAMES)


def _measured(spans: Iterable[Span]) -> set[str]:
    widths: dict[str, list[float]] = {}
    for span in spans:
        if sum(sign.isalpha() for sign in span.text) >= _LETTERS and span.size:
            widths.setdefault(span.font, []).append((span.box[2] - span.box[0]) / len(span.text) / span.size)
    return {font for font, found in widths.items() if len(found) >= _RUNS and _even(found)}


def _even(widths: list[float]) -> bool:
    return max(widths) - min(widths) < _SPREAD * median(widths)
