"""Markdown as HTML that can do no harm, whatever the PDF put into it.

Rendered by CommonMark's rules with pipe tables, then cleaned by an allow-list: no scripts, styles, frames, forms or
ids, links only to other places, pictures only stored ones and those that are in the text itself.
"""

import re
from collections.abc import Callable

import nh3
from markdown_it import MarkdownIt

from jobs.formats.cutting import cut
from jobs.formats.formulas import DISPLAYED, INLINE, formulas

# Where a stored picture is to be had under its name; None where there is none: its alternative text stays.
Address = Callable[[str], str | None]

STORED_PICTURE = re.compile(r"images/([A-Za-z0-9_-][A-Za-z0-9._-]{0,39})")


# Pieces are rendered one by one, so a reference in one piece to a definition in another would be lost, and what looks
# like a definition is a line of the PDF.
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).disable("reference")


_PARSER = _parser()
_PARSER_OF_FORMULAS = _parser().use(formulas)

_TAGS = {
    "p", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "br", "blockquote", "pre", "code",
    "ul", "ol", "li", "table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td",
    "em", "strong", "b", "i", "u", "s", "del", "sup", "sub", "a", "img",
}  # fmt: skip
_FORMULA = {"class": rf"{INLINE}|{DISPLAYED}"}
_FORMULAS = {"span": _FORMULA, "div": _FORMULA}
_SCHEMES = {"http", "https", "mailto", "ftp"}
_CELL = {"rowspan": r"\d{1,3}", "colspan": r"\d{1,3}", "align": r"left|right|center"}
_VALUES = {
    "a": {"href": rf"(?i:{'|'.join(_SCHEMES)}):.*", "title": r".*"},
    "img": {"alt": r".*", "title": r".*", "src": r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]*"},
    "ol": {"start": r"\d{1,9}"},
    "td": _CELL,
    "th": _CELL,
    **_FORMULAS,
}
_ALIGNED = re.compile(r"text-align:(left|right|center)")
_PATTERNS = {
    (tag, name): re.compile(value, re.DOTALL) for tag, values in _VALUES.items() for name, value in values.items()
}


class Renderer:
    """Renders pieces of a document whose stored pictures are at `address`. `with_formulas` marks TeX for a browser app
    that draws it; without that a dollar is a dollar."""

    def __init__(self, address: Address, with_formulas: bool = False) -> None:
        self._address = address
        self._parser = _PARSER_OF_FORMULAS if with_formulas else _PARSER
        self._cleaner = nh3.Cleaner(
            tags=_TAGS.union(_FORMULAS if with_formulas else ()),
            clean_content_tags={"script", "style"},
            attributes={tag: set(values) for tag, values in _VALUES.items()},
            attribute_filter=self._value,
            url_schemes={*_SCHEMES, "data"},
        )

    def html(self, piece: str) -> str:
        """`piece`, as `cut` gives it, as HTML."""
        return self._cleaner.clean(_rendered(self._parser, piece))

    def _value(self, tag: str, name: str, value: str) -> str | None:
        """What an attribute may say; None takes it away."""
        if (tag, name) == ("img", "src") and (stored := STORED_PICTURE.fullmatch(value)):
            return self._address(stored[1])
        pattern = _PATTERNS.get((tag, name))
        # "rel" is not asked for but set.
        return value if (tag, name) == ("a", "rel") or (pattern and pattern.fullmatch(value)) else None


def _rendered(parser: MarkdownIt, piece: str) -> str:
    tokens = parser.parse(piece)
    for token in tokens:
        # As an attribute of its own, which also holds where a page's policy forbids styles in the text.
        if side := _ALIGNED.fullmatch(str(token.attrs.pop("style", ""))):
            token.attrs["align"] = side[1]
    return str(parser.renderer.render(tokens, parser.options, {}))


def page_html(markdown: str, address: Address = lambda name: None, with_formulas: bool = False) -> str:
    """A page's Markdown as a fragment of HTML; its stored pictures are at `address`. See `Renderer`."""
    return "".join(map(Renderer(address, with_formulas).html, cut([markdown])))
