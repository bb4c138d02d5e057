r"""Formulas in Markdown as vision models write them: $…$, \(…\), $$…$$ and \[…\], after Pandoc's rules for dollars.

A dollar opens only before what is no blank and not behind a letter or digit, and closes only behind what is no blank
(nor part of a path) and not before a digit; and words are prose between two sums of money.
"""

import re
from collections.abc import Sequence
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

INLINE = "math"
DISPLAYED = "math display"

_MOST = 10_000  # letters of a formula
_INLINE = re.compile(
    rf"""
    \$\$ (?P<display>(?:\\.|[^\\$]){{1,{_MOST}}}) \$\$
  | (?<![\w$]) \$ (?![\s$]) (?P<dollar>(?:\\[^(\[]|[^\\$`]){{1,{_MOST}}}) (?<![\s/:]) \$ (?![\d$])
  | \\\( (?P<round>(?:\\(?![()])|[^\\]){{1,{_MOST}}}) \\\)
  | \\\[ (?P<square>(?:\\(?![\[\]])|[^\\]){{1,{_MOST}}}) \\\]
    """,
    re.VERBOSE | re.DOTALL,
)
_OWN_LINE = {"display", "square"}
_TEX = re.compile(r"[\\^_={}+*/<>|-]")
_WORD = re.compile(r"[^\W\d_]{3,}")
_WORD_BETWEEN = re.compile(r"\s[^\W\d_]{3,}(?=[\s,.;:!?]|$)")
_GROUP = re.compile(r"\{[^{}]*\}")
_CLOSES = {"$$": "$$", "\\[": "\\]"}


def formulas(parser: MarkdownIt) -> None:
    """A plugin for markdown-it: formulas become `span`s and `div`s of the classes below, with their TeX."""
    parser.inline.ruler.before("escape", "formula", _inline)
    parser.block.ruler.before("fence", "formula_block", _block, {"alt": ["paragraph", "blockquote", "list"]})
    parser.add_render_rule("formula", _render)
    parser.add_render_rule("formula_block", _render)


def _inline(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] not in "$\\":
        return False
    found = _INLINE.match(state.src, state.pos)
    if found is None or found.lastgroup is None:
        return False
    tex = found[found.lastgroup]
    if found.lastgroup == "dollar" and _is_prose(tex):
        return False
    if not silent:
        token = state.push("formula", "div" if found.lastgroup in _OWN_LINE else "span", 0)
        token.content = tex
    state.pos = found.end()
    return True


def _is_prose(tex: str) -> bool:
    """Whether it is rather what stands between two sums of money."""
    if not _TEX.search(tex):
        return bool(_WORD.search(tex))
    return bool(_WORD_BETWEEN.search(_GROUP.sub("", tex)))


def _block(state: StateBlock, first: int, end: int, silent: bool) -> bool:
    """A formula with lines of its own: whatever stands in it makes no list and no heading."""
    opening = _line(state, first)[:2]
    if opening not in _CLOSES or state.is_code_block(first):
        return False
    last, tex = _until(state, first, end, _CLOSES[opening])
    if tex is None:
        return False
    if not silent:
        token = state.push("formula_block", "div", 0)
        token.block = True
        token.content, token.map = tex, [first, last + 1]
        state.line = last + 1
    return True


def _until(state: StateBlock, first: int, end: int, closing: str) -> tuple[int, str | None]:
    """The line that ends with `closing`, and what stands before it; None where there is no such line, or one in which
    the formula ends and text goes on."""
    opening, lines = _line(state, first)[:2], [_line(state, first)[2:]]
    number = first
    # A second opening ends the search too: else many of them would each look through all that follows.
    while closing not in lines[-1] and number + 1 < end and not (number > first and lines[-1].startswith(opening)):
        number += 1
        lines.append(_line(state, number))
    tex = "\n".join(lines).rstrip()
    whole = tex.endswith(closing) and tex.count(closing) == 1 and len(tex) <= _MOST
    return number, tex[: -len(closing)] if whole else None


def _line(state: StateBlock, number: int) -> str:
    return state.src[state.bMarks[number] + state.tShift[number] : state.eMarks[number]]


def _render(renderer: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    token = tokens[index]
    # Only what is a block by itself may be one: within a paragraph it would end it.
    tag = "div" if token.block else "span"
    return f'<{tag} class="{DISPLAYED if token.tag == "div" else INLINE}">{escape(token.content.strip())}</{tag}>'
