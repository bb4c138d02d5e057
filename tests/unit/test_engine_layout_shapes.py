"""Short names for the shapes that the tests of the layout passes are made of; and the shapes themselves."""

from jobs.engines.geometry import around, share_inside
from jobs.engines.layout_passes.shapes import Block, Line, Span


def span(
    text: str, x: float = 0, y: float = 0, *, size: float = 10, width: float | None = None, **style: object
) -> Span:
    """A span at a place; each letter half as wide as high unless a width is given."""
    right = x + (size / 2 * len(text) if width is None else width)
    return Span(text, (x, y, right, y + size), size, **style)  # type: ignore[arg-type]


def line(text: str, x: float = 0, y: float = 0, **about: object) -> Line:
    return Line([span(text, x, y, **about)])  # type: ignore[arg-type]


def block(kind: str, *lines: Line) -> Block:
    return Block(kind, around(*(one.box for one in lines)), list(lines))


def box(name: str, left: float, top: float, right: float, bottom: float, *, kind: str = "text") -> Block:
    """A block with one word in it."""
    return Block(kind, (left, top, right, bottom), [line(name, left, top)])


def names(blocks: list[Block]) -> list[str]:
    return [one.text for one in blocks]


def test_it_takes_the_size_of_most_letters() -> None:
    assert Line([span("1", size=6), span(" footnote", size=9)]).size == 9


def test_it_tells_how_much_of_a_box_lies_in_another() -> None:
    assert share_inside((0, 0, 10, 10), (5, 0, 20, 10)) == 0.5
    assert share_inside((0, 0, 0, 0), (5, 0, 20, 10)) == 0
