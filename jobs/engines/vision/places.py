"""From the model's measure to points of the page."""

from dataclasses import replace

from jobs.engines.vision import Sheet
from jobs.engines.vision.parts import Box, Part
from jobs.engines.vision.presets import Preset

_LEAST = 8.0  # points; what is smaller is no picture and no part of a page


def on_page(parts: list[Part], sheet: Sheet, preset: Preset) -> list[Part]:
    """`parts` with their boxes in points of `sheet`; a box that can't be on it is none."""
    across, down = (preset.scale, preset.scale) if preset.scale else sheet.pixels
    return [
        replace(part, box=_within(part.box, sheet, sheet.width / across, sheet.height / down)) if part.box else part
        for part in parts
    ]


def _within(box: Box, sheet: Sheet, across: float, down: float) -> Box | None:
    left, right = sorted(min(max(edge * across, 0.0), sheet.width) for edge in (box[0], box[2]))
    top, bottom = sorted(min(max(edge * down, 0.0), sheet.height) for edge in (box[1], box[3]))
    if right - left < _LEAST or bottom - top < _LEAST:
        return None
    return round(left, 1), round(top, 1), round(right, 1), round(bottom, 1)
