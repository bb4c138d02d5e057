"""Markdown as HTML that can do no harm, whatever the PDF put into it.

Rendered by CommonMark's rules with pipe tables, then cleaned by an allow-list: no scripts, styles, frames, forms or
ids, links only to other places, pictures only stored ones and those that are in the text itself.
"""

import re
from collections.abc import Callable

import nh3
from markdown_it import MarkdownIt

from jobs.formats.cutting import cut

# Where a stored picture is to be had under its name; None where there is none: its alternative text stays.
Address = Callable[[str], str | None]

STORED_PICTURE = re.compile(r"images/([A-Za-z0-9_-][A-Za-z0-9._-]{0,39})")

# Pieces are rendered one by one, so a reference in one piece to a definition in another would be lost, and what looks
# like a definition is a line of the PDF.
_PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).disable("reference")

_TAGS = {
    "p", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "br", "blockquote", "pre", "code",
    "ul", "ol", "li", "table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td",
    "em", "strong", "b", "i", "u", "s", "del", "sup", "sub", "a", "img",
}  # fmt: skip
_SCHEMES = {"http", "https", "mailto", "ftp"}
_CELL = {"rowspan": r"\d{1,3}", "colspan": r"\d{1,3}", "align": r"left|right|center"}
_VALUES = {
    "a": {"href": rf"(?i:{'|'.join(_SCHEMES)}):.*", "title": r".*"},
    "img": {"alt": r".*", "title": r".*", "src": r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]*"},
    "ol": {"start": r"\d{1,9}"},
    "td": _CELL,
    "th": _CELL,
}
_ALIGNED = re.compile(r"text-align:(left|right|center)")
_PATTERNS = {
    (tag, name): re.compile(value, re.DOTALL) for tag, values in _VALUES.items() for name, value in values.items()
}


class Renderer:
    """Renders pieces of a document whose stored pictures are at `address`."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._cleaner = nh3.Cleaner(
            tags=_TAGS,
            clean_content_tags={"script", "style"},
            attributes={tag: set(values) for tag, values in _VALUES.items()},
            attribute_filter=self._value,
            url_schemes={*_SCHEMES, "data"},
        )

    def html(self, piece: str) -> str:
        """`piece`, as `cut` gives it, as HTML."""
        return self._cleaner.clean(_rendered(piece))

    def _value(self, tag: str, name: str, value: str) -> str | None:
        """What an attribute may say; None takes it away."""
        if (tag, name) == ("img", "src") and (stored := STORED_PICTURE.fullmatch(value)):
            return self._address(stored[1])
        pattern = _PATTERNS.get((tag, name))
        # "rel" is not asked for but set.
        return value if (tag, name) == ("a", "rel") or (pattern and pattern.fullmatch(value)) else None


def _rendered(piece: str) -> str:
    tokens = _PARSER.parse(piece)
    for token in tokens:
        # As an attribute of its own, which also holds where a page's policy forbids styles in the text.
        if side := _ALIGNED.fullmatch(str(token.attrs.pop("style", ""))):
            token.attrs["align"] = side[1]
    return str(_PARSER.renderer.render(tokens, _PARSER.options, {}))


def page_html(markdown: str, address: Address = lambda name: None) -> str:
    """A page's Markdown as a fragment of HTML; its stored pictures are at `address`."""
    return "".join(map(Renderer(address).html, cut([markdown])))
