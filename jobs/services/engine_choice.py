"""Which engine converts a job: the one asked for, or the one that a prompt needs."""

from dataclasses import dataclass, field

from jobs import engines
from jobs.endpoint import NEEDED, endpoint
from jobs.errors import BadOption

_VERSION_CHARACTERS = 80


@dataclass(frozen=True)
class Choice:
    """The engine and what makes its Markdown; `warnings` tell what was asked for in vain."""

    engine: str
    version: str
    warnings: list[str] = field(default_factory=list)


def choose_engine(asked: str | None, prompt: str) -> Choice:
    """The engine for a job. A prompt without a named engine selects `vision`, where a model is set up.

    Raises BadOption when `vision` is asked for and no model is.
    """
    there = endpoint()
    if asked == engines.VISION or (asked is None and prompt and there is not None):
        if there is None:
            raise BadOption(
                f"engine: this server has no vision model. Its operator can set one up with {' and '.join(NEEDED)}; "
                f"the other engines work without, {engines.DEFAULT} for example."
            )
        return Choice(engines.VISION, there.model[:_VERSION_CHARACTERS])
    engine = asked or engines.DEFAULT
    return Choice(engine, engines.version(engine), [_unused(engine)] if prompt else [])


def _unused(engine: str) -> str:
    return f"The prompt is not used: the engine {engine} takes none, only {engines.VISION} does."
