"""An answer as the parts of its page, in reading order, with their boxes where the model tells them.

Known forms: a JSON list of elements (dots.ocr); labels with boxes before each part (DeepSeek-OCR: `label` between
`<|ref|>` and `<|/ref|>`, `[[x1, y1, x2, y2]]` between `<|det|>` and `<|/det|>`, or `label[[x1, y1, x2, y2]]` where the
endpoint drops special tokens); and Markdown in which pictures are marked (`![text](page_x_y_width_height.png)` as
olmOCR does, `<!-- Image (x1, y1, x2, y2) -->` as Qwen-VL does, `<img>text</img>` as Nanonets-OCR does).
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from jobs.engines.vision.cleaning import without_signs

Box = tuple[float, float, float, float]

_TYPES = {
    "title": "heading", "sub_title": "heading", "subtitle": "heading", "section_header": "heading",
    "text": "text", "paragraph": "text", "list": "list", "list_item": "list", "code": "code", "table": "table",
    "image": "picture", "picture": "picture", "figure": "picture", "chart": "picture",
    "formula": "formula", "equation": "formula", "interline_equation": "formula",
    "caption": "caption", "image_caption": "caption", "figure_caption": "caption", "table_caption": "caption",
    "footnote": "footnote", "table_footnote": "footnote", "image_footnote": "footnote", "page_footnote": "footnote",
    "header": "header", "page_header": "header", "footer": "footer", "page_footer": "footer", "page_number": "footer",
}  # fmt: skip
FURNITURE = ("header", "footer")
_CORNERS_OF_ONE = 4
_FAR = 1e6

_NUMBER = r"-?\d{1,5}(?:\.\d{1,9})?"
_FOUR = rf"{_NUMBER}(?:\s*,\s*{_NUMBER}){{3}}"
_LABELS = "|".join(sorted(_TYPES, key=len, reverse=True))
_LABEL = re.compile(
    rf"<\|ref\|>\s*({_LABELS})\s*<\|/ref\|>\s*<\|det\|>([\[\]\s\d.,-]{{1,2000}})<\|/det\|>"
    rf"|^[ \t]*({_LABELS})[ \t]*\[(\[\s*{_FOUR}\s*\](?:,\s*\[\s*{_FOUR}\s*\]){{0,40}})\]",
    re.MULTILINE,
)
_CODE = re.compile(r"(^ {0,3}```.*?(?:^ {0,3}```[ \t]*$|\Z))", re.MULTILINE | re.DOTALL)
_PICTURE = (
    r"(?:<!--\s*(?:image|picture|figure|chart)\s*[(\[](?P<corners>[^()\[\]\n]{7,80})[)\]]\s*-->"
    r"|!\[(?P<alt>[^\]\n]{0,2000})\]\((?P<target>[^()\n]{0,500})\)"
    r"|<img(?P<attributes>\s[^<>]{0,1000})?>(?:(?P<inside>[^<]{0,2000})</img>)?)"
)
_PICTURE_LINE = re.compile(rf"^[ \t]*{_PICTURE}[ \t]*$", re.MULTILINE | re.IGNORECASE)
_PICTURE_INLINE = re.compile(_PICTURE, re.IGNORECASE)
_PLACE_MARK = re.compile(r"<!--\s*[a-z -]{1,20}\([\d\s,.]{7,60}\)\s*-->", re.IGNORECASE)
_PLACE_IN_NAME = re.compile(r"_(\d{1,5})_(\d{1,5})_(\d{1,5})_(\d{1,5})\.\w{1,5}$")
_ALT = re.compile(r"""\balt=["']([^"']{0,1000})["']""", re.IGNORECASE)
_CORNERS = re.compile(r"""\bdata-bbox=["']([^"']{7,80})["']""", re.IGNORECASE)


@dataclass(frozen=True)
class Part:
    """`kind` is a block's type; `markdown` is what stands there (of a picture: what it shows); `box` (left, top, right,
    bottom) is in the model's own measure."""

    kind: str
    markdown: str
    box: Box | None = None


def split(text: str) -> list[Part]:
    """The parts of a page in the answer `text` (see `cleaning.bare`)."""
    found = _from_json(text)
    if found is None:
        found = list(_grounded(text)) if _LABEL.search(text) else list(_marked(text))
    return [part for part in found if part.markdown or part.kind == "picture"]


# --- a JSON list of elements -------------------------------------------------------------------------------------


def _from_json(text: str) -> list[Part] | None:
    """None where `text` is no list of elements. One that was cut off counts as far as it goes."""
    text = re.sub(r"\A```json[ \t]*\n|\n```\Z", "", text)
    if not text.startswith("["):
        return None
    elements = _elements(text)
    if not elements or not all("category" in element and "bbox" in element for element in elements):
        return None
    return [_element(element) for element in elements]


def _elements(text: str) -> list[dict[str, object]]:
    decoder = json.JSONDecoder()
    found: list[dict[str, object]] = []
    at = 1
    while (start := text.find("{", at)) >= 0:
        try:
            value, at = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            break
        found.append(value)
    return found


def _element(element: dict[str, object]) -> Part:
    kind = _TYPES.get(_named(str(element["category"])), "text")
    markdown = without_signs(str(element.get("text") or ""))
    if kind == "heading" and markdown and not markdown.startswith("#"):
        markdown = f"{'#' if _named(str(element['category'])) == 'title' else '##'} {markdown}"
    if kind == "formula" and markdown and "$" not in markdown and not markdown.startswith("\\["):
        markdown = f"$$\n{markdown}\n$$"
    return Part(kind, markdown, _box(element["bbox"]))


def _named(category: str) -> str:
    return category.strip().lower().replace("-", "_").replace(" ", "_")


# --- labels with boxes -------------------------------------------------------------------------------------------


def _grounded(text: str) -> Iterator[Part]:
    labels = list(_LABEL.finditer(text))
    yield Part("text", without_signs(text[: labels[0].start()]))
    for label, following in zip(labels, [*labels[1:], None], strict=True):
        inside = text[label.end() : following.start() if following else len(text)]
        corners = [float(number) for number in re.findall(_NUMBER, label[2] or label[4])]
        yield Part(_TYPES[label[1] or label[3]], without_signs(inside), _around(corners))


def _around(corners: list[float]) -> Box | None:
    """The box around all boxes of which the corners are given one after the other."""
    if not corners or len(corners) % _CORNERS_OF_ONE:
        return None
    return min(corners[::4]), min(corners[1::4]), max(corners[2::4]), max(corners[3::4])


# --- Markdown with pictures marked -------------------------------------------------------------------------------


def _marked(text: str) -> Iterator[Part]:
    """Markdown between the pictures that stand on lines of their own; what is in a fence is nobody's mark."""
    written = ""
    for number, piece in enumerate(_CODE.split(text)):
        if number % 2:
            written += piece
            continue
        at = 0
        for picture in _PICTURE_LINE.finditer(piece):
            yield Part("text", (written + _inline(piece[at : picture.start()])).strip())
            yield Part("picture", _shown(picture), _place(picture))
            written, at = "", picture.end()
        written += _inline(piece[at:])
    yield Part("text", written.strip())


def _inline(text: str) -> str:
    """`text` with what pictures show in their place, and without marks and signs."""
    kept = _PICTURE_INLINE.sub(_shown, _PLACE_MARK.sub("", text))
    leading, trailing = kept[: len(kept) - len(kept.lstrip())], kept[len(kept.rstrip()) :]
    return leading + without_signs(kept) + trailing


def _shown(picture: re.Match[str]) -> str:
    told = _ALT.search(picture["attributes"] or "")
    return (picture["alt"] or picture["inside"] or (told[1] if told else "")).strip()


def _place(picture: re.Match[str]) -> Box | None:
    named = _PLACE_IN_NAME.search(picture["target"] or "")
    if named:
        left, top, width, height = (float(number) for number in named.groups())
        return left, top, left + width, top + height
    corners = _CORNERS.search(picture["attributes"] or "")
    numbers = re.findall(_NUMBER, picture["corners"] or (corners[1] if corners else ""))
    return _around([float(number) for number in numbers])


def _box(value: object) -> Box | None:
    numbers = isinstance(value, list) and all(isinstance(edge, int | float) and abs(edge) < _FAR for edge in value)
    return _around([float(edge) for edge in value]) if isinstance(value, list) and numbers else None
