"""The pictures in a sandbox's answer, before they are stored: a hostile PDF may have had its hand in them."""

import hashlib
import re
from base64 import b64decode
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from jobs.engines import PICTURE_NAME

_MOST = 99  # of one page, as many as have names
_MOST_BYTES, _MOST_PIXELS = 16 * 1024 * 1024, 25_000_000
_START, _END = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", b"IEND\xaeB`\x82"
_NAME = r"page-\d{5,}-\d{2}\.png"
_LINK = re.compile(rf"(\]\(images/)({_NAME})(?=\))")


class BadPicture(ValueError):
    """A picture that is none, or has another page's name."""


@dataclass(frozen=True)
class Checked:
    """A PNG with the name that its page gave it; `digest` is its SHA-256."""

    name: str
    data: bytes
    digest: str


def checked(pictures: Any, number: int) -> list[Checked]:
    """The pictures of page `number`. Raises BadPicture."""
    if pictures == []:
        return []  # most pages
    names = {PICTURE_NAME.format(number, each) for each in range(1, _MOST + 1)}
    try:
        found = [_checked(picture, names) for picture in pictures]
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise BadPicture("A picture of the page can't be used.") from error
    if len({picture.name for picture in found}) != len(found):
        raise BadPicture("Two pictures of the page have one name.")
    return found


def _checked(picture: Mapping[str, Any], names: Collection[str]) -> Checked:
    name, encoded = picture["name"], picture["data"]
    if name not in names or len(encoded) > 4 * _MOST_BYTES // 3 + 4:
        raise BadPicture
    data = b64decode(encoded, validate=True)
    width, height = int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
    if not data.startswith(_START) or not data.endswith(_END) or not 0 < width * height <= _MOST_PIXELS:
        raise BadPicture
    return Checked(name, data, hashlib.sha256(data).hexdigest())


def is_name(name: str) -> bool:
    """Whether a file is called as pictures are."""
    return bool(re.fullmatch(_NAME, name))


def led_to(text: str, folder: str) -> str:
    """The Markdown with its links to pictures led to another folder; `folder` is fit for an address."""
    return _LINK.sub(lambda link: f"]({folder}/{link[2]}", text)


def linked(text: str) -> set[str]:
    """The names of the pictures that the Markdown links to."""
    return {link[2] for link in _LINK.finditer(text)}


def renamed(text: str, names: Mapping[str, str]) -> str:
    """The Markdown with the links to pictures that have another name in `names`; all names are of one length."""
    return _LINK.sub(lambda link: link[1] + names.get(link[2], link[2]), text)


def renamed_blocks(blocks: list[dict[str, Any]], names: Mapping[str, str]) -> list[dict[str, Any]]:
    """The blocks with such names."""
    return [_renamed_block(block, names) if "image" in block else block for block in blocks]


def _renamed_block(block: dict[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    return {**block, "image": names.get(block["image"], block["image"])}
