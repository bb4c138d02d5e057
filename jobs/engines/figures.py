"""Which parts of a page are pictures and drawings, by what is on it; pure, for all engines.

An engine says what it sees (`Sight`), in one frame, and gets the parts that are to be cut out.
"""

from collections.abc import Sequence

from jobs.engines import labels
from jobs.engines.clusters import clusters
from jobs.engines.geometry import Box, area, around, lies_in, shared, touch
from jobs.engines.sights import Figure, Sight, Stroke

_PAGE_WIDE = 0.8  # share of the page: a background, or the picture of a scanned page
_LEAST, _NARROW = 1200.0, 20.0  # square points and points: smaller ones are icons, bullets and signs
_REACH = 6.0  # points between the parts of one drawing
_THIN = 3.0  # points: rules, underlines, edges of tables
_STROKES = 4  # lines that are neither straight rules nor boxes make a drawing
_MARGIN, _SMALL = 0.12, 0.03  # share of the page's height at its edges, and of its area, of logos
_FEW = 100  # letters of a page that says nothing but a title over its picture
_MUCH = 0.3  # share of a part that pictures cover, or that a net took for one
_SHEET = 0.4  # share of the page that drawings cover where it is one drawing
_MOST_VECTORS = 6000  # more are a map, which is looked at as a whole


def found(sight: Sight) -> list[Figure]:
    """The page's pictures, and its drawings with the labels beside them, from top to bottom."""
    images = [shared(box, sight.box) for box in sight.images]
    if images and _is_picture(sight, images):
        return [Figure(around(*images))]
    images = _parts(sight, images)
    guessed = _parts(sight, sight.guessed)
    strokes = _strokes(sight)
    boxes = clusters([*images, *guessed, *_inked(strokes, bool(guessed))], _REACH)
    figures = [figure for box in boxes if (figure := _figure(sight, box, images, guessed, strokes))]
    return _distinct(_as_sheet(sight, figures))


def _is_picture(sight: Sight, images: Sequence[Box]) -> bool:
    """Whether the page is a picture and says next to nothing besides."""
    letters = sum(len(text.text) for text in sight.texts)
    wide = any(area(box) > _PAGE_WIDE * area(sight.box) for box in images)
    return wide and letters < (1 if sight.scanned else _FEW)


def _parts(sight: Sight, boxes: Sequence[Box]) -> list[Box]:
    """Without backgrounds, and without what stands in a table."""
    return [
        box
        for box in boxes
        if 0 < area(box) <= _PAGE_WIDE * area(sight.box) and not any(lies_in(box, table) for table in sight.tables)
    ]


def _strokes(sight: Sight) -> list[Stroke]:
    if len(sight.strokes) > _MOST_VECTORS:
        whole = around(*(stroke.box for stroke in sight.strokes))
        return [Stroke(shared(whole, sight.box), False)] * _STROKES
    most = _PAGE_WIDE * area(sight.box)
    return [
        Stroke(shared(box, sight.box), plain)
        for box, plain in sight.strokes
        if touch(box, sight.box)
        and area(shared(box, sight.box)) <= most
        and not any(lies_in(box, table) for table in sight.tables)
    ]


def _inked(strokes: Sequence[Stroke], guessed: bool) -> list[Box]:
    """The strokes that may make a drawing. Where there are but rectangles, they are frames and fillings of text."""
    if not guessed and sum(not stroke.plain for stroke in strokes) < _STROKES:
        return []
    return [stroke.box for stroke in strokes if not _is_thin(stroke.box)]


def _is_thin(box: Box) -> bool:
    return box[2] - box[0] <= _THIN or box[3] - box[1] <= _THIN


def _figure(
    sight: Sight, box: Box, images: Sequence[Box], guessed: Sequence[Box], strokes: Sequence[Stroke]
) -> Figure | None:
    if area(box) < _LEAST or min(box[2] - box[0], box[3] - box[1]) < _NARROW:
        return None
    if not sight.furniture and _is_marginal(sight, box):
        return None
    pictured, believed = _covered(box, images), _covered(box, guessed)
    drawn = sum(not stroke.plain and lies_in(stroke.box, box) for stroke in strokes) >= _STROKES
    prose = labels.have_prose(sight, box)
    if not (pictured or believed or drawn) or labels.fill(sight, box) or (prose and not believed):
        return None
    if pictured:
        return Figure(box, prose=prose)
    return Figure(shared(labels.with_labels(sight, _framed(box, strokes)), sight.box), drawn=True, prose=prose)


def _covered(box: Box, parts: Sequence[Box]) -> bool:
    """Whether parts of one kind make up much of it."""
    return sum(area(part) for part in parts if lies_in(part, box)) > _MUCH * area(box)


def _is_marginal(sight: Sight, box: Box) -> bool:
    at_edge = box[3] < _MARGIN * sight.height or box[1] > (1 - _MARGIN) * sight.height
    return at_edge and area(box) < _SMALL * area(sight.box)


def _framed(box: Box, strokes: Sequence[Stroke]) -> Box:
    """With the rules that touch it and are not much longer: axes, grid lines, its frame."""
    width, height = box[2] - box[0], box[3] - box[1]
    rules = [
        stroke.box
        for stroke in strokes
        if _is_thin(stroke.box)
        and touch(stroke.box, box, _REACH)
        and stroke.box[2] - stroke.box[0] <= 1.5 * width
        and stroke.box[3] - stroke.box[1] <= 1.5 * height
    ]
    return around(box, *rules)


def _as_sheet(sight: Sight, figures: Sequence[Figure]) -> list[Figure]:
    """All as one where the page is a drawing: a plan or a circuit comes in pieces that say nothing alone."""
    drawn = [figure.box for figure in figures if figure.drawn]
    if len(drawn) > 1 and sum(map(area, drawn)) > _SHEET * area(sight.box) and not labels.have_prose(sight, sight.box):
        return [Figure(around(*drawn), drawn=True), *(figure for figure in figures if not figure.drawn)]
    return list(figures)


def _distinct(figures: Sequence[Figure]) -> list[Figure]:
    """Those that overlap joined, from top to bottom."""
    joined = sorted(clusters([figure.box for figure in figures], -1.0), key=lambda box: (box[1], box[0]))
    return [_whole(box, [figure for figure in figures if lies_in(figure.box, box)]) for box in joined]


def _whole(box: Box, parts: Sequence[Figure]) -> Figure:
    return Figure(box, any(part.drawn for part in parts), any(part.prose for part in parts))
