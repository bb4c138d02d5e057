"""Cuts pictures out of a page: each part rendered as a PNG of bounded size."""

import hashlib
import re
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from jobs.engines import PICTURE_NAME, Picture
from jobs.engines.geometry import Box

_DPI = 150
_LONGEST = 2000  # pixels on the longer side
_ROOM = 1.0  # points around, so that no edge is cut
_MOST = 40  # of one page
_PICTURE_BYTES, _PAGE_BYTES = 6 * 1024 * 1024, 24 * 1024 * 1024  # base64 makes them a third longer
_FLAT = 20  # levels of brightness (of 255) within which paper is blank
_ALT = 300  # letters
_SIGN = re.compile(r"([\\`*_\[\]<>&!|~$#])")


@dataclass
class Cut:
    """`names` has a file name for each box, empty where nothing was cut; equal pictures have one name."""

    pictures: list[Picture] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def cut(page: Any, boxes: Sequence[Box], number: int) -> Cut:
    """Cut `boxes` (points of the page as people see it) out of page `number`."""
    done = Cut()
    names: dict[str, str] = {}
    left, skipped = _PAGE_BYTES, 0
    for box in boxes:
        image = _rendered(page, box) if len(done.pictures) < _MOST else None
        data = b"" if image is None or _is_blank(image) else _png(page, box, image)
        skipped += image is None or len(data) > left
        if not data or len(data) > left:
            done.names.append("")
            continue
        digest = hashlib.sha256(data).hexdigest()
        if digest not in names:
            names[digest] = PICTURE_NAME.format(number, len(done.pictures) + 1)
            left -= len(data)
            done.pictures.append(_picture(names[digest], data))
        done.names.append(names[digest])
    if skipped:
        done.warnings.append(f"Page {number} has too many or too large pictures; {skipped} of them are left out.")
    return done


def link(name: str, caption: str, number: int, page: int) -> str:
    """The Markdown of picture `number` of a page; its caption says what it shows, where it has one."""
    words = " ".join(caption.split())
    if len(words) > _ALT:
        words = words[:_ALT].rsplit(" ", 1)[0] + " …"
    alt = _SIGN.sub(r"\\\1", words or f"Picture {number} on page {page}")
    return f"![{alt}](images/{name})"


def _picture(name: str, data: bytes) -> Picture:
    width, height = int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
    return Picture(name, b64encode(data).decode(), width, height)


def _rendered(page: Any, box: Box, share: float = 1.0) -> Any:
    """The part of the page as a pixmap, at `share` of the usual resolution."""
    left, top, right, bottom = box
    clip = (left - _ROOM, top - _ROOM, right + _ROOM, bottom + _ROOM)
    longest = max(right - left, bottom - top) + 2 * _ROOM
    zoom = share * min(_DPI / 72, _LONGEST / longest)
    dpi = max(1, round(72 * zoom))
    return page.get_pixmap(dpi=dpi, clip=clip, alpha=False)


def _png(page: Any, box: Box, image: Any) -> bytes:
    data: bytes = image.tobytes("png")
    return data if len(data) <= _PICTURE_BYTES else bytes(_rendered(page, box, 0.5).tobytes("png"))


def _is_blank(image: Any) -> bool:
    """Whether nothing can be seen on it: paper, or a plain colour."""
    if image.is_unicolor:
        return True
    samples = image.samples
    return bool(max(samples) - min(samples) < _FLAT)
