"""A turned page set upright, so that all that is read of it is where people see it."""

from typing import Any

from jobs.engines.geometry import turned


def set_upright(page: Any) -> None:
    """Take the rotation out of `page` (a PDF's /Rotate) and keep what it shows.

    PyMuPDF's own way is meant for pages that show all there is: it moves others and forgets what they crop.
    """
    degrees, whole, crop = page.rotation, page.mediabox, page.cropbox
    if not degrees:
        return
    if (crop.width, crop.height) == (whole.width, whole.height):
        page.remove_rotation()
        return
    # PyMuPDF counts a crop box from the upper edge of the media box, but from where x is 0.
    shown = turned((crop.x0 - whole.x0, crop.y0, crop.x1 - whole.x0, crop.y1), degrees, whole.width, whole.height)
    page.set_mediabox(whole)  # drops the crop
    page.remove_rotation()
    left = page.mediabox.x0
    page.set_cropbox((shown[0] + left, shown[1], shown[2] + left, shown[3]))
