"""What comes out of a sandbox is data of a stranger's making; this makes it fit to be stored."""

from typing import Any


def storable(value: Any) -> Any:
    """Text, or JSON with text in it, without what no database takes: NUL, and halves of surrogate pairs."""
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [storable(part) for part in value]
    if isinstance(value, dict):
        return {storable(str(name)): storable(part) for name, part in value.items()}
    return value
