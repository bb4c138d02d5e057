"""What common models want to be asked, and how they tell places on the page.

Their prompts are part of their interface: a model that was trained on one sentence answers that sentence best.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_PLAIN = (
    "Write down all of this page as Markdown, in the order in which people read it. Use # for headings by their rank, "
    "lists for lists, pipe tables for tables (HTML where cells span rows or columns), LaTeX between $ or $$ for "
    "formulas, and fenced blocks for code. Keep the language of the page. Leave out running headers, footers and page "
    "numbers. Describe pictures and charts in one line each, like ![what it shows](). Add nothing that is not on the "
    "page, and answer with the Markdown only."
)
_FRONT_MATTER = (
    "This is one page of a document. Return its text as if you read it naturally, as Markdown, with formulas in LaTeX "
    "and tables in HTML. Label figures and charts as ![what it shows](page_startx_starty_width_height.png). Put a "
    "front matter first, with primary_language, is_rotation_valid, rotation_correction, is_table and is_diagram."
)
_LAYOUT = (
    "Please output the layout information of this page as JSON: a list with an object for each element in reading "
    'order, with "bbox" ([x1, y1, x2, y2]), "category" and "text". Categories: Caption, Footnote, Formula, List-item, '
    "Page-footer, Page-header, Picture, Section-header, Table, Text, Title. Text is Markdown, for a Formula LaTeX, for "
    "a Table HTML; a Picture has none. Keep the language of the page and do not translate."
)
_TAGGED = (
    "Extract the text of this document as if you read it naturally. Return tables as HTML and equations as LaTeX. "
    "Where there is an image, put its caption, or else a short description of it, into <img></img>. Put watermarks "
    "into <watermark></watermark> and page numbers into <page_number></page_number>. Use ☐ and ☑ for check boxes."
)


@dataclass(frozen=True)
class Preset:
    """How to ask one family of models.

    `longest` is the longer side of the picture in pixels. `scale` says how boxes are told: in so many parts of the
    page's width and height, or, if it is None, in pixels of the picture. `extra` are fields beyond the protocol.
    """

    prompt: str
    longest: int = 2000
    scale: int | None = 1000
    extra: Mapping[str, Any] = field(default_factory=dict)


GENERIC = "generic"
PRESETS: dict[str, Preset] = {
    # The tags are special tokens, which vLLM leaves out of an answer if it is not told otherwise.
    "deepseek-ocr": Preset(
        "<|grounding|>Convert the document to markdown.", scale=999, extra={"skip_special_tokens": False}
    ),
    "olmocr": Preset(_FRONT_MATTER, longest=1288, scale=None),
    "dots.ocr": Preset(_LAYOUT, scale=None),
    "nanonets-ocr": Preset(_TAGGED),
    "qwen-vl": Preset(_PLAIN),
    GENERIC: Preset(_PLAIN),
}
_FAMILIES = {
    "deepseek-ocr": ("deepseek-ocr", "deepseek_ocr", "deepseekocr"),
    "olmocr": ("olmocr",),
    "dots.ocr": ("dots.ocr", "dots-ocr", "dots_ocr", "dotsocr"),
    "nanonets-ocr": ("nanonets",),
    "qwen-vl": ("qwen",),
}


def preset(model: str, name: str) -> Preset:
    """The preset called `name`, or where that is empty the one that fits the name of `model`."""
    return PRESETS[name or _fitting(model.lower())]


def _fitting(model: str) -> str:
    return next((name for name, signs in _FAMILIES.items() if any(sign in model for sign in signs)), GENERIC)


def asked(preset: Preset, prompt: str) -> str:
    """What the model is asked: `prompt` if somebody gave one, else the preset's own sentence.

    Where the picture goes is for the endpoint to say: the sign for it in prompts meant for the bare model is left out.
    """
    return prompt.replace("<image>", "").strip() or preset.prompt
