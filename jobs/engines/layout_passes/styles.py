"""Lines of spans as inline Markdown: emphasis, links, raised and lowered figures."""

# ruff: noqa: RUF001 (signs that look like others are what this is about)

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from jobs.engines.layout_passes.shapes import Line, Span
from jobs.engines.layout_passes.words import is_cut, is_tight

_SMALL = re.compile(r"[\w,*†‡§¶+−–=-]{1,8}")
_ENTITY = re.compile(r"&(?=#?\w+;)")
_EDGES = re.compile(r"^(\s*)(.*?)(\s*)$", re.S)
_SPACES = re.compile(r" {2,}")
_Style = tuple[bool, bool, bool, str, str]


def inline(lines: Iterable[Line], plain: bool = False) -> str:
    """The lines as one paragraph; `plain` leaves out bold and italics (a heading's own style says nothing)."""
    spans = list(_running(list(lines)))
    if _uniform(spans):
        plain = True
    written = ""
    merged = list(_merged(spans, plain))
    for span, following in zip(merged, [*merged[1:], None], strict=True):
        written += _written(span, plain, written[-1:], following.text[:1] if following else "")
    return written.strip()


def plain(lines: Iterable[Line]) -> str:
    """The lines as one paragraph without any markup."""
    return " ".join("".join(span.text for span in _running(list(lines))).split())


def as_html(lines: Iterable[Line]) -> str:
    """The lines as one paragraph of HTML, in which only links are marked."""
    spans = [replace(span, bold=False, italic=False, mono=False) for span in _running(list(lines))]
    return "".join(_anchored(span) for span in _merged(spans, plain=True)).strip()


def _anchored(span: Span) -> str:
    before, text, after = _EDGES.match(span.text).groups()  # type: ignore[union-attr]
    text = html.escape(_SPACES.sub(" ", text), quote=False)
    text = f'<a href="{html.escape(address(span.link))}">{text}</a>' if text and span.link else text
    return f"{before}{text}{after}"


def _uniform(spans: list[Span]) -> bool:
    """Whether all of it is bold or all of it italic, which then stresses nothing."""
    filled = [span for span in spans if span.text.strip()]
    return bool(filled) and (all(span.bold for span in filled) or all(span.italic for span in filled))


def _running(lines: list[Line]) -> Iterator[Span]:
    """The spans with words joined or parted at the ends of lines."""
    for here, following in zip(lines, [*lines[1:], None], strict=True):
        yield from here.spans[:-1]
        yield _ended(here.spans[-1], here.text, following.text if following else "")


def _ended(span: Span, line: str, following: str) -> Span:
    text, following = span.text.rstrip(), following.lstrip()
    if following and is_cut(line.rstrip(), following):
        return replace(span, text=text[:-1])
    if text and is_tight(line.rstrip(), following):
        return replace(span, text=text)
    return replace(span, text=text + " ")


def _style(span: Span, plain: bool) -> _Style:
    small = "sup" * span.raised or "sub" * span.lowered
    small = small if _SMALL.fullmatch(span.text.strip()) else ""
    mono = span.mono and any(map(str.isalnum, span.text))
    return span.bold and not plain, span.italic and not plain, mono, span.link, small


def _merged(spans: list[Span], plain: bool) -> Iterator[Span]:
    """Neighbours of one style as one; a space between styles carries none."""
    last: Span | None = None
    for span in spans:
        if last is not None and (_style(last, plain) == _style(span, plain) or (not span.text.strip())):
            last = replace(last, text=last.text + span.text)
            continue
        if last is not None:
            yield last
        last = span
    if last is not None:
        yield last


def _written(span: Span, plain: bool, before: str, after: str) -> str:
    """The span as it is written between two signs."""
    bold, italic, mono, link, small = _style(span, plain)
    left, text, right = _EDGES.match(span.text).groups()  # type: ignore[union-attr]
    if not text:
        return span.text
    mark = "" if small else "**" * bold + "*" * italic
    if mark:
        lead, core, trail = map(escaped, stressed(_SPACES.sub(" ", text), left[-1:] or before, right[:1] or after))
        text = f"{lead}{mark}{core}{mark[::-1]}{trail}" if core else lead
    else:
        text = f"`{text}`" if mono and "`" not in text else escaped(_SPACES.sub(" ", text))
    text = f"<{small}>{text}</{small}>" if small else text
    text = f"[{text}]({address(link)})" if link else text
    return f"{left}{text}{right}"


def stressed(text: str, before: str, after: str) -> tuple[str, str, str]:
    """`text`, between two signs, in what must stand before stars, between and behind them, to be read as emphasis; all
    of it is before them where that can't be.

    Stars between a letter and a sign are read as stars (CommonMark, "left-flanking"), as are those that meet others.
    """
    words = [at for at, sign in enumerate(text) if sign.isalnum()]
    if before == "*" or not words:
        return text, "", ""
    start = words[0] if before.isalnum() else 0
    end = words[-1] + 1 if after.isalnum() else len(text)
    return text[:start], text[start:end], text[end:]


def escaped(text: str) -> str:
    """Signs that Markdown would read as its own."""
    return _ENTITY.sub("&amp;", re.sub(r"([\\*`])", r"\\\1", text)).replace("<", "&lt;")


def address(link: str) -> str:
    """An address that ends where Markdown thinks it does."""
    return link.replace(" ", "%20").replace("(", "%28").replace(")", "%29")
