"""A secret key that is made once and kept beside the database."""

import os
import secrets
from pathlib import Path


def kept_secret_key(path: Path) -> str:
    """The key in the file at `path`; made on first use, readable by its owner only.

    Raises OSError when the folder can't be written.
    """
    try:
        return _read(path)
    except FileNotFoundError:
        pass
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(50))
    try:
        # A link fails where the name exists: of two processes that start at once, both use the first one's key.
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return _read(path)


def _read(path: Path) -> str:
    return path.read_text().strip()
