"""Boxes on a page: left, top, right, bottom in points, y downwards."""

Box = tuple[float, float, float, float]


def turned(box: Box, degrees: float, width: float, height: float) -> Box:
    """The box after its page of `width` x `height` is turned clockwise by a multiple of 90 degrees."""
    left, top, right, bottom = box
    match round(degrees) % 360:
        case 90:
            return height - bottom, left, height - top, right
        case 180:
            return width - right, height - bottom, width - left, height - top
        case 270:
            return top, width - right, bottom, width - left
        case _:
            return box


def rounded(box: Box) -> list[float]:
    """The box as JSON, to a tenth of a point."""
    return [round(float(edge), 1) for edge in box]


def around(*boxes: Box) -> Box:
    """The smallest box around all of them."""
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def area(box: Box) -> float:
    return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])


def shared(one: Box, other: Box) -> Box:
    """What both cover; its area is 0 where they don't meet."""
    left, top = max(one[0], other[0]), max(one[1], other[1])
    return left, top, max(left, min(one[2], other[2])), max(top, min(one[3], other[3]))


def share_inside(inner: Box, outer: Box) -> float:
    """How much of `inner` lies in `outer`, 0-1."""
    whole = area(inner)
    return area(shared(inner, outer)) / whole if whole else 0.0


def lies_in(inner: Box, outer: Box) -> bool:
    """Whether the middle of `inner` is in `outer`; also told of a line without breadth."""
    x, y = (inner[0] + inner[2]) / 2, (inner[1] + inner[3]) / 2
    return outer[0] <= x <= outer[2] and outer[1] <= y <= outer[3]


def touch(one: Box, other: Box, reach: float = 0.0) -> bool:
    """Whether they are no more than `reach` apart, both across and down."""
    return (
        one[0] <= other[2] + reach
        and one[2] >= other[0] - reach
        and one[1] <= other[3] + reach
        and one[3] >= other[1] - reach
    )


def apart(one: Box, other: Box) -> tuple[float, float]:
    """How far they are from each other across and down; below 0 is how far they overlap."""
    return max(one[0] - other[2], other[0] - one[2]), max(one[1] - other[3], other[1] - one[3])
