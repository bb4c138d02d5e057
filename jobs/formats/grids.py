"""A table's cells as lines of text with tabs between them, each cell in its column."""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass

# Cells beyond that many columns cover their own place only: what a cell says of itself shall not fill the memory.
_MOST_COLUMNS = 200


@dataclass
class Cell:
    """`rows` and `columns` are how many of them it covers."""

    text: str
    rows: int = 1
    columns: int = 1


def rows_text(rows: Iterable[Sequence[Cell]]) -> str:
    """One line a row; where a cell covers more than its place, the others are empty."""
    lines = []
    covered: dict[int, int] = {}  # column: how many more rows it is covered from above
    for row in rows:
        line, begun = _line(row, covered)
        lines.append(line)
        left = {column: count - 1 for column, count in {**covered, **begun}.items()}
        covered = {column: count for column, count in left.items() if count > 0 and column < _MOST_COLUMNS}
    return "\n".join(lines)


def _line(row: Sequence[Cell], covered: Container[int]) -> tuple[str, dict[int, int]]:
    """The row's line, and how many rows its cells cover in which columns."""
    places: list[str] = []
    begun: dict[int, int] = {}
    for cell in row:
        while len(places) in covered:
            places.append("")
        start = len(places)
        end = max(start + 1, min(start + cell.columns, _MOST_COLUMNS))
        begun |= dict.fromkeys(range(start, end), cell.rows)
        places += [" ".join(cell.text.split()), *[""] * (end - start - 1)]
    return "\t".join(places).rstrip("\t"), begun
