"""Pages read by a vision model behind an OpenAI-compatible endpoint.

The sandbox only draws the page, upright (`lying`), and cuts pictures out of it (`rendering`): it has no network and no
key. The worker asks the model (`client`), several pages at once, and makes the page's Markdown of the answer
(`repetition`, `cleaning`, `parts`, `blocks`, `places`, `cells`, `composing`), which is text from outside like any
other. `presets` knows what common models want to be asked and how they answer.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Endpoint:
    """Where the model is, and how much may be asked of it: pages in flight, seconds for one page with all retries, dots
    per inch of the pictures sent, tokens of an answer. `preset` is empty where the model's name decides."""

    base_url: str
    model: str
    api_key: str = field(repr=False)
    concurrency: int
    timeout_s: float
    dpi: int
    max_tokens: int
    preset: str


@dataclass(frozen=True)
class Sheet:
    """A page as it was drawn: its number, its size in points, the picture's size in pixels, and by how many degrees
    clockwise it was turned to be upright."""

    number: int
    width: float
    height: float
    pixels: tuple[int, int]
    turned: int = 0


@dataclass(frozen=True)
class Question:
    """What is asked about one page. `picture` is a JPEG in base64; `extra` goes beyond the protocol."""

    prompt: str
    picture: str
    extra: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """What the model wrote, as it came. `usage` counts its tokens where the endpoint tells them.

    `is_cut`: it reached the most tokens allowed; `repeats`: it was stopped because it did not get further."""

    text: str
    usage: dict[str, int] = field(default_factory=dict)
    is_cut: bool = False
    repeats: bool = False


class VisionFailure(Exception):
    """A page that the model could not or would not read; `code` is timeout or vision."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
