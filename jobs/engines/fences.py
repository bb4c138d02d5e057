"""Code fences, and what else in a page's Markdown would go on in the next page if nobody closes it."""

import re

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})(.*)$")
# Where these stand at a line's start, they hold all that follows until their end.
_COMMENT = re.compile(r"^ {0,3}<!--", re.MULTILINE)
_TABLE = re.compile(r"</?table\b", re.IGNORECASE)


def after(fence: str, line: str) -> str:
    """The fence that is open behind `line`, where `fence` was before it; "" is none."""
    found = _FENCE.match(line)
    if not found:
        return fence
    mark, rest = found.groups()
    if not fence:
        return "" if mark[0] == "`" and "`" in rest else mark
    return "" if mark.startswith(fence) and not rest.strip() else fence


def missing(text: str) -> str:
    """What must stand behind `text` to close what it has opened: a listing, a comment or a table of a model that did
    not come to its end."""
    if not any(sign in text for sign in ("```", "~~~", "<")):
        return ""
    fence, plain = "", []
    for line in text.split("\n"):
        before, fence = fence, after(fence, line)
        if not before and not fence:
            plain.append(line)
    return f"\n{fence}" if fence else _end_of_html("\n".join(plain))


def _end_of_html(text: str) -> str:
    comments = [found.end() for found in _COMMENT.finditer(text)]
    if comments and "-->" not in text[comments[-1] :]:
        return "\n-->"
    depth = 0
    for found in _TABLE.finditer(text):
        depth = max(depth + (-1 if found[0].startswith("</") else 1), 0)
    return "\n</table>" * depth
