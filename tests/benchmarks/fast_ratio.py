"""How fast is `fast`, and how good? The seconds of reading pages with PyMuPDF and of converting them, in one run.

    python -m tests.benchmarks.fast_ratio CORPUS [--auto] [--rounds 5] [--output DIR]

CORPUS is a folder with PDFs, `facts.jsonl` and `score.py`. The pages with facts of the born-digital files are read with
`page.get_text("dict")` and converted by the engine, in turns, each round on newly opened files; the medians of the
rounds are compared. `--auto` compares `auto` to `layout` as well, once, over the same pages.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from jobs.engines import fast

import pymupdf  # isort: skip (the engine says how it is loaded)

SCANS = {"edgar_image", "handwriting_bad_ocr", "nemotron_multipage", "ocr_test_rotated_90"}

Pages = dict[str, list[int]]  # stem of the PDF: numbers of its pages
Texts = dict[str, dict[str, str]]  # stem: number: Markdown


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--auto", action="store_true", help="also compare auto to layout")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--output", type=Path, help="keep the Markdown here")
    asked = parser.parse_args()
    facts = born_digital(asked.corpus / "facts.jsonl")
    pages = pages_of(facts)
    print(f"{sum(map(len, pages.values()))} pages of {len(pages)} born-digital files, {asked.rounds} rounds")
    texts = fast_and_dict(asked.corpus, pages, asked.rounds)
    with tempfile.TemporaryDirectory() as scratch:
        folder = asked.output or Path(scratch)
        report("fast", texts, facts, asked.corpus, folder)
        if asked.auto:
            layout_and_auto(asked.corpus, pages, facts, folder)


def born_digital(path: Path) -> list[dict[str, Any]]:
    facts = [json.loads(line) for line in path.read_text().splitlines() if line.strip()]
    return [fact for fact in facts if Path(fact["pdf"]).stem not in SCANS]


def pages_of(facts: list[dict[str, Any]]) -> Pages:
    pages: Pages = {}
    for fact in facts:
        numbers = pages.setdefault(Path(fact["pdf"]).stem, [])
        if fact["page"] not in numbers:
            numbers.append(fact["page"])
    return {stem: sorted(numbers) for stem, numbers in pages.items()}


def fast_and_dict(corpus: Path, pages: Pages, rounds: int) -> Texts:
    """Both, in turns; prints the medians and their ratio."""
    texts: Texts = {}
    seconds: dict[str, list[float]] = {"dict": [], "dict without pictures": [], "fast": []}
    no_pictures = pymupdf.TEXTFLAGS_DICT & ~pymupdf.TEXT_PRESERVE_IMAGES
    for _ in range(rounds):
        seconds["dict"].append(timed(corpus, pages, lambda page: page.get_text("dict")))
        seconds["dict without pictures"].append(
            timed(corpus, pages, lambda page: page.get_text("dict", flags=no_pictures))
        )
        texts, spent = converted(corpus, pages, fast)
        seconds["fast"].append(spent)
    spent_by = {name: median(values) for name, values in seconds.items()}
    count = sum(map(len, pages.values()))
    for name, value in spent_by.items():
        spread = f"{min(seconds[name]) * 1000 / count:.1f} to {max(seconds[name]) * 1000 / count:.1f}"
        print(f"{value * 1000 / count:7.1f} ms a page ({spread})  {name}")
    for name in ("dict", "dict without pictures"):
        print(f"{spent_by['fast'] / spent_by[name]:7.2f} times {name}")
    return texts


def timed(corpus: Path, pages: Pages, read: Callable[[Any], object]) -> float:
    spent = 0.0
    for stem, numbers in pages.items():
        with pymupdf.open(corpus / f"{stem}.pdf") as pdf:
            began = time.process_time()
            for number in numbers:
                read(pdf[number - 1])
            spent += time.process_time() - began
    return spent


def converted(corpus: Path, pages: Pages, engine: Any) -> tuple[Texts, float]:
    """The Markdown of all pages, and the seconds it took."""
    texts: Texts = {}
    spent = 0.0
    for stem, numbers in pages.items():
        document = engine.open(str(corpus / f"{stem}.pdf"), "")
        began = time.process_time()
        texts[stem] = {str(number): document.convert(number, {}).text for number in numbers}
        spent += time.process_time() - began
        document.close()
    return texts, spent


def layout_and_auto(corpus: Path, pages: Pages, facts: list[dict[str, Any]], folder: Path) -> None:
    """Both over the same pages; what loading the net takes counts for neither."""
    from jobs.engines import auto, layout

    converted(corpus, {stem: numbers[:1] for stem, numbers in list(pages.items())[:1]}, layout)
    count = sum(map(len, pages.values()))
    spent: dict[str, float] = {}
    for name, engine in (("layout", layout), ("auto", auto)):
        texts, spent[name] = converted(corpus, pages, engine)
        print(f"{spent[name] * 1000 / count:7.1f} ms a page  {name}")
        report(name, texts, facts, corpus, folder)
    print(f"{spent['auto'] / spent['layout']:7.2f} times layout: auto")


def report(name: str, texts: Texts, facts: list[dict[str, Any]], corpus: Path, folder: Path) -> None:
    """Print what the corpus' own scorer says of the Markdown."""
    own = folder / name
    own.mkdir(parents=True, exist_ok=True)
    for stem, by_number in texts.items():
        (own / f"{stem}.pages.json").write_text(json.dumps(by_number))
    (own / "facts.jsonl").write_text("\n".join(map(json.dumps, facts)))
    command = [sys.executable, str(corpus / "score.py"), str(own / "facts.jsonl"), str(own)]
    print(f"\n{name}\n{subprocess.run(command, check=True, capture_output=True, text=True).stdout}")


if __name__ == "__main__":
    main()
