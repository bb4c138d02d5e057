"""What models write around a page: thoughts, fences, front matter, page splits and signs of their own."""

import re

_THOUGHTS = re.compile(r"\A\s*<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL)
_FENCE = re.compile(r"\A```(markdown|md)?(?:html|text)?[ \t]*\n", re.IGNORECASE)
_ANY_FENCE = re.compile(r"^ {0,3}```", re.MULTILINE)
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n((?:[a-z_]+:[^\n]*\n){1,12})---[ \t]*(?:\n|\Z)")
_KNOWN_KEYS = re.compile(
    r"^(?:primary_language|is_rotation_valid|rotation_correction|is_table|is_diagram):", re.MULTILINE
)
_PAGE_SPLIT = re.compile(
    r"^[ \t]*(?:<-{2,} ?page ?split ?-{2,}>|-{3} ?page ?split ?-{3}|<\|?/?page_?split\|?/?>)[ \t]*$\n?",
    re.IGNORECASE | re.MULTILINE,
)
_CONTROL = re.compile(
    r"<\|(?:grounding|image|im_start|im_end|endoftext|end_of_sentence|eot_id|vision_start|vision_end|image_pad|"
    r"object_ref_start|object_ref_end|ref|/ref)\|>|<\uff5c[^\uff5c<>]{1,40}\uff5c>|</?s>(?=\s*\Z)"
)
_BOXES = re.compile(
    r"<\|(?:det|box_start)\|>.{0,400}?<\|(?:/det|box_end)\|>|<(b?box)>.{0,400}?</\1>|</?b?box>", re.DOTALL
)
_BOX_ATTRIBUTE = re.compile(r"""(<[a-z][^<>]{0,200}?) data-bbox=(["'])[^"'<>]{0,60}\2""", re.IGNORECASE)
_FURNITURE = re.compile(r"<(page_number|watermark)>([^<]{0,500}?)</\1>", re.IGNORECASE)
_WRAPPED = re.compile(r"</?(?:page_number|watermark|signature)>", re.IGNORECASE)
_CENTER = re.compile(r"</?center>", re.IGNORECASE)  # around captions, by DeepSeek-OCR
_GAPS = re.compile(r"\n{3,}")


def bare(answer: str) -> str:
    """The page in `answer`, without what stands around it."""
    text = _THOUGHTS.sub("", answer.replace("\r\n", "\n")).strip()
    text = _unfenced(_PAGE_SPLIT.sub("", text).strip())
    front = _FRONT_MATTER.match(text)
    if front and _KNOWN_KEYS.search(front[1]):
        text = text[front.end() :]
    return text.strip()


def _unfenced(text: str) -> str:
    """`text` out of the fence that a model has put around all of it; the end may be missing where it was cut."""
    opening = _FENCE.match(text)
    if not opening:
        return text
    inner = text[opening.end() :]
    if inner.rstrip().endswith("```"):
        inner = inner.rstrip()[:-3]
    fences = len(_ANY_FENCE.findall(inner))
    # Fences inside come in pairs. Where the outer one does not say Markdown, it may be the first of several listings.
    return inner if not fences or (opening[1] and fences % 2 == 0) else text


def without_signs(text: str) -> str:
    """`text` without signs for the model's own use, and without boxes that nobody needs any more."""
    text = _BOX_ATTRIBUTE.sub(r"\1", _BOXES.sub("", text))
    return _GAPS.sub("\n\n", _CENTER.sub("", _CONTROL.sub("", text))).strip()


def without_furniture(text: str, keep: bool) -> str:
    """`text` without what models mark as watermark or page number; with `keep`, or when nothing else is there, only the
    marks go."""
    rest = text if keep else _FURNITURE.sub("", text)
    return _WRAPPED.sub("", rest if rest.strip() else text).strip()
