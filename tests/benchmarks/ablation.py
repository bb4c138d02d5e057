"""What each pass of the engine `layout` gains: the corpus score without it.

    python -m tests.benchmarks.ablation CORPUS [--only PART]

CORPUS as in `quality`. What PyMuPDF, its nets and the OCR see of each page is asked once; then the passes run again and
again over it, one of them switched off each time. Prints the facts kept, and which ones are lost or won without it.
"""

import argparse
import copy
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from jobs.engines import layout, layout_net, layout_sight
from jobs.engines.layout_passes import (
    compounds,
    direction,
    dropcaps,
    entries,
    formulas,
    furniture,
    grids,
    headings,
    links,
    listings,
    lists,
    monospace,
    order,
    reading,
    regions,
    rows,
    styles,
    symbols,
    tables,
    writing,
)
from jobs.engines.ocr import mixed
from tests.benchmarks import quality


def same(first: Any, *others: Any) -> Any:
    return first


def nothing(*given: Any) -> None:
    return None


Switch = tuple[Any, str, Callable[..., Any]]

# Passes over what was seen of a page, by what stands in their place.
PASSES: dict[str, list[Switch]] = {
    "furniture marked": [(furniture, "marked", same)],
    "furniture dropped": [(furniture, "dropped", same)],
    "headings checked": [(headings, "checked", same)],
    "headings parted": [(headings, "parted", same)],
    "lists split": [(lists, "split", same)],
    "lists continued": [(lists, "continued", same)],
    "lists nested": [(lists, "nested", same)],
    "compounds": [(compounds, "whole", same)],
    "entries": [(entries, "parted", same)],
    "links": [(links, "linked", same)],
    "listings": [(listings, "found", same)],
    "monospace": [(monospace, "marked", same)],
    "dropcaps": [(dropcaps, "joined", same)],
    "order": [(order, "ordered", same)],
    "direction": [(direction, "is_right_to_left", lambda lines: False)],
    "tables of the finder": [(tables, "given", lambda blocks, found: blocks)],
    "tables once": [(tables, "_once", same)],
    "rows joined": [(rows, "joined", same)],
    "rows trimmed": [(rows, "trimmed", same)],
    "grids by places": [(grids, "table", nothing)],
    "lines in rows": [(module, "in_rows", list) for module in (regions, tables, writing, entries)],
    "hyphens joined": [(styles, "is_cut", lambda before, after: False)],
    "limits of sums": [(formulas, "limited", same)],
}  # fmt: skip

# Passes that change what is seen.
SIGHTS: dict[str, list[Switch]] = {
    "glyphs": [(reading, "cleaned", same)],
    "symbol fonts": [(symbols, "named", same), (symbols, "lacks_operators", lambda blocks: False)],
    "lam-alef": [(direction, "is_arabic", lambda blocks: False)],
    "pictures read": [(mixed, "pictures", lambda page, letters: [])],
    "hidden text": [(reading, "_without_hidden", same)],
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--only", default="", help="passes with this in their name")
    asked = parser.parse_args()
    corpus = asked.corpus
    score = quality.module(corpus / "score.py")
    facts = score.read_facts(corpus / "facts.jsonl")
    bench = Bench(corpus, score, facts)
    whole = bench.failed()
    count = len(facts)
    print(f"{'all passes':24}{count - len(whole)}/{count}")
    passes = {**PASSES, **SIGHTS, "OCR": []}
    for name, switches in ((name, passes[name]) for name in passes if asked.only in name):
        with switched(switches):
            failed = bench.failed(afresh=name in SIGHTS, options={"ocr": "never"} if name == "OCR" else {})
        changes = [f"-{fact}" for fact in sorted(failed - whole)] + [f"+{fact}" for fact in sorted(whole - failed)]
        print(
            f"without {name:16}{count - len(failed):4} {len(whole) - len(failed):+4}  {' '.join(changes)[:150]}",
            flush=True,
        )


@contextmanager
def switched(switches: list[Switch]) -> Iterator[None]:
    before = [(module, name, getattr(module, name)) for module, name, _ in switches]
    for module, name, stand_in in switches:
        setattr(module, name, stand_in)
    try:
        yield
    finally:
        for module, name, original in before:
            setattr(module, name, original)


class Bench:
    """The pages that have facts, and what was seen of them."""

    def __init__(self, corpus: Path, score: Any, facts: quality.Facts) -> None:
        self._score, self._facts = score, facts
        self._pages = quality.wanted(corpus, facts, everything=False)
        self._documents = {name: layout.open(str(corpus / name), "") for name in self._pages}
        self._seen: dict[Any, Any] = {}
        self._original = (layout_sight.seen, layout_net.groups, layout._tables)

    def failed(self, afresh: bool = False, options: dict[str, str] | None = None) -> set[str]:
        """The facts that are lost; what is seen is asked again where a switch changes it."""
        result = quality.Result()
        with switched([] if afresh or options else self._remembering()):
            for name, numbers in self._pages.items():
                for number in numbers:
                    text = self._documents[name].convert(number, options or {}).text
                    result.take(name, number, {"text": text, "wall": 0.0, "cpu": 0.0})
        with tempfile.TemporaryDirectory() as folder:
            report = quality.scored(self._score, self._facts, result, Path(folder))
        return {str(fact) for fact in report["failed"]}

    def _remembering(self) -> list[Switch]:
        seen, groups, found = self._original

        def remembered(name: str, page: Any, ask: Callable[[], Any]) -> Any:
            key = (name, page.parent.name, page.number)
            if key not in self._seen:
                self._seen[key] = ask()
            return self._seen[key]

        def sight(page: Any, options: Any) -> Any:
            one = remembered("sight", page, lambda: seen(page, options))
            return replace(one, lines=copy.deepcopy(one.lines), pictures=copy.deepcopy(one.pictures))

        return [
            (layout_sight, "seen", sight),
            (layout_net, "groups", lambda page, crowd: remembered("groups", page, lambda: groups(page, crowd))),
            (layout, "_tables", lambda page: copy.deepcopy(remembered("tables", page, lambda: found(page)))),
        ]


if __name__ == "__main__":
    main()
