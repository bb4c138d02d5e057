"""Runs as Markdown: bold, italic, code, links, and the signs that must not be taken for markup."""

import re
from collections.abc import Sequence

from jobs.engines.fast_rules.pieces import Run, Style
from jobs.engines.layout_passes.styles import stressed

_PLAIN = Style(0.0)
_ESCAPED = re.compile(r"([\\`]|\*(?=\S)|(?<=\S)\*|(?<![^\W_])_|_(?![^\W_])|<(?=[A-Za-z/!])|\[(?=[^\]]*\]\())")
_LINE_MARK = re.compile(r"^(#{1,6}(?=\s)|>|[-+](?=\s)|\d{1,9}(?=[.)]\s))")
_LEADERS = re.compile(r"(?:\s?[.·…_]){5,}\s?")
_SPACES = re.compile(r"\s+")
_EDGES = re.compile(r"^(\s*)(.*?)(\s*)$", re.S)
_SUP = "^"
_RAISED = re.compile(r"^[\w,*†‡§¶–-]{1,6}$")  # noqa: RUF001 (a dash)
_MATTERS = re.compile(r"[^\W_]")


def plain(runs: Sequence[Run]) -> str:
    """The text alone, in single spaces, with rows of dots shortened."""
    return tidied("".join(run.text for run in runs))


def tidied(text: str) -> str:
    return _SPACES.sub(" ", _LEADERS.sub(" … ", text)).strip()


def escaped(text: str) -> str:
    """`text` so that Markdown shows it as it is, inside a line."""
    return _ESCAPED.sub(r"\\\1", text)


def guarded(text: str) -> str:
    """A paragraph's text so that its first sign starts no list, heading or quote."""
    match = _LINE_MARK.match(text)
    if not match:
        return text
    mark = match[1]
    return f"{mark}\\{text[len(mark) :]}" if mark.isdigit() else f"\\{text}"


def inline(runs: Sequence[Run], *, styled: bool = True) -> str:
    """One paragraph's runs as Markdown; without `styled` only links are marked."""
    styled = styled and not _is_alike(runs)
    written = ""
    stretches = _stretches(runs, styled)
    for (text, marks, link), following in zip(stretches, [*stretches[1:], ("", "", "")], strict=True):
        written += _marked(text, marks, link, (written[-1:], following[0][:1]))
    return _SPACES.sub(" ", _LEADERS.sub(" … ", written)).strip()


def _is_alike(runs: Sequence[Run]) -> bool:
    """Whether all the text is bold or italic, which then says nothing."""
    told = [run.style for run in runs if _MATTERS.search(run.text)]
    return bool(told) and (all(style.bold for style in told) or all(style.italic for style in told))


def _stretches(runs: Sequence[Run], styled: bool) -> list[tuple[str, str, str]]:
    """Text, marks and link of stretches that look alike; signs and blanks take the marks of what they stand by."""
    stretches: list[tuple[str, str, str]] = []
    for run in _bridged(runs):
        marks = _marks(run.style) if styled and _MATTERS.search(run.text) else ""
        marks = _SUP if run.style.raised and _RAISED.match(run.text.strip()) else marks
        last = stretches[-1] if stretches else None
        if last and last[1:] == (marks, run.link):
            stretches[-1] = (last[0] + run.text, marks, run.link)
        elif last and last[1] not in ("", _SUP) and run.text.isspace() and run.link == last[2]:
            stretches[-1] = (last[0] + run.text, last[1], last[2])
        else:
            stretches.append((run.text, marks, run.link))
    return stretches


def _bridged(runs: Sequence[Run]) -> list[Run]:
    """The runs, blanks between words that lead to one address as part of the link."""
    bridged = list(runs)
    for at in range(1, len(bridged) - 1):
        before, run, after = bridged[at - 1 : at + 2]
        if run.text.isspace() and before.link and before.link == after.link:
            bridged[at] = run._replace(link=before.link)
    return bridged


def _marks(style: Style) -> str:
    if style.mono:
        return "`"
    return "***" if style.bold and style.italic else "**" if style.bold else "*" if style.italic else ""


def _marked(text: str, marks: str, link: str, beside: tuple[str, str]) -> str:
    """`text` with its marks and link; `beside` are the signs before and behind it."""
    match = _EDGES.match(text)
    before, body, after = match.groups() if match else ("", text, "")
    if not body:
        return text
    if marks == "`" and "`" in body:
        marks = ""
    if marks.startswith("*"):
        lead, core, trail = map(escaped, stressed(body, before[-1:] or beside[0], after[:1] or beside[1]))
        body = f"{lead}{marks}{core}{marks}{trail}" if core else lead
    else:
        body = body if marks == "`" else escaped(body)
        body = f"<sup>{body}</sup>" if marks == _SUP else f"{marks}{body}{marks}"
    if link:
        body = f"[{body}]({link})"
    return f"{before}{body}{after}"
