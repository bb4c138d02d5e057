"""When rules without a model are not enough: why a page should be given to another engine."""

import re
from collections.abc import Callable, Sequence

from jobs.engines.fast_rules.pieces import Sheet
from jobs.engines.fast_rules.tables import Table

_FEW = 20  # letters: a page with less has no text worth the name
_BROKEN = re.compile("[\ufffd\ue000-\uf8ff\x00-\x08\x0e-\x1f]")
_BROKEN_SHARE = 0.05
_TURNED_SHARE = 0.15
_SPARSE, _COVERED = 1200, 0.15  # letters, share of the page: where pictures take the room of text they may hold some
_DENSE = 4  # columns: a table this wide needs its rules


def doubt(sheet: Sheet, tables: Sequence[Table], pictures: Callable[[], float]) -> str | None:
    """Why the page may have come out badly, or None.

    `tables` are those that were found on it; `pictures` tells which share of it pictures cover, and is only asked where
    there is little text.
    """
    letters = sum(len(line.text) for line in sheet.lines)
    if letters < _FEW:
        return "no text"
    broken = sum(len(_BROKEN.findall(line.text)) for line in sheet.lines)
    reasons = {
        "text of a scan": sheet.hidden > letters / 2,
        "letters without meaning": broken > _BROKEN_SHARE * letters,
        "turned text": sum(len(line.text) for line in sheet.turned) > _TURNED_SHARE * letters,
        "a picture": letters < _SPARSE and pictures() > _COVERED,
        "a table without rules": any(not table.ruled and len(table.rows[0]) >= _DENSE for table in tables),
    }
    return next((reason for reason, holds in reasons.items() if holds), None)
