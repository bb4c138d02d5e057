"""Which files a batch converts, and where their results go."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Wanted:
    """A PDF, and the Markdown file that is to be made of it."""

    source: Path
    target: Path


@dataclass
class Found:
    """The PDFs that some names stand for, each once; problems are sentences about names that stand for none."""

    sources: list[Path] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def find(names: Iterable[str]) -> Found:
    """The PDFs that `names` of files and folders stand for; of a folder all *.pdf in and below it."""
    found = Found()
    seen: set[Path] = set()
    for name in names:
        path = Path(name)
        inside = [path] if path.is_file() else sorted(_pdfs_in(path))
        if not inside:
            problem = "There is no PDF in this folder." if path.is_dir() else "There is no such file."
            found.problems.append(f"{printable(name)}: {problem}")
        for source in inside:
            if source.resolve() not in seen:
                seen.add(source.resolve())
                found.sources.append(source)
    return found


def with_targets(sources: Iterable[Path], folder: Path | None) -> Iterator[Wanted]:
    """Each source with a target of its own, `<stem>.md` in `folder` or beside it; a second of that name is -2.md."""
    taken: set[str] = set()
    for source in sources:
        place, number = folder or source.parent, 1
        target = place / f"{source.stem}.md"
        # Without regard to case: not every disk knows a.md from A.md.
        while str(target.absolute()).casefold() in taken:
            number += 1
            target = place / f"{source.stem}-{number}.md"
        taken.add(str(target.absolute()).casefold())
        yield Wanted(source, target)


def printable(name: str | Path) -> str:
    """The name with marks for what no terminal and no database takes (file names are bytes, not always text)."""
    return os.fsencode(name).decode("utf-8", "replace")


def check_target(target: Path, force: bool) -> None:
    """Raises OSError when the result could not be written: better said before an hour of work than after it."""
    if target.exists() and not force:
        raise FileExistsError(None, "is there already; --force writes over it", str(target))
    if not os.access(target.parent, os.W_OK):
        raise PermissionError(None, "can't be written there; name another folder with -o", str(target))


def write_whole(content: Iterable[bytes], target: Path, force: bool) -> None:
    """Write `content` to `target`, all of it or nothing; over what is there only with `force`. Raises OSError."""
    draft = target.with_name(f".{target.name}.{os.getpid()}.part")
    if not force:
        target.open("xb").close()  # takes the name, or fails if somebody else has it now
    try:
        with draft.open("wb") as file:
            file.writelines(content)
        draft.replace(target)
    except BaseException:
        draft.unlink(missing_ok=True)
        if not force:
            target.unlink(missing_ok=True)
        raise


def _pdfs_in(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.suffix.lower() == ".pdf" and path.is_file())
