"""How good and how fast the engines' Markdown is, side by side with PyMuPDF's own.

    python -m tests.benchmarks.quality CORPUS [--engines layout,fast,…] [--files PART] [--all] [--keep FOLDER]

CORPUS holds PDFs, `facts.jsonl` and `score.py`. Each engine runs in a process of its own; the engines take turns page
by page, so that whatever else the machine does hits all of them alike. Only pages that have facts are converted, unless
--all is given. Beside the project's engines there are:

    pymupdf         pymupdf4llm.to_markdown(doc, pages=[n]) with its default options
    pymupdf-plain   the same without page furniture and OCR
    dict            page.get_text("dict"), for its time alone

Prints the share of facts kept, in all and by type, and the seconds a page takes (wall and CPU) on the born-digital
files, which are those that have text on each page asked for.
"""

import argparse
import importlib.util
import json
import multiprocessing
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from types import ModuleType
from typing import Any

PYMUPDF_OPTIONS: dict[str, dict[str, Any]] = {
    "pymupdf": {},
    "pymupdf-plain": {"header": False, "footer": False, "use_ocr": False},
}
DEFAULT = "layout,pymupdf,dict"
ENOUGH = 40  # letters that make a page born-digital
Convert = Callable[[str, int], dict[str, Any]]
Facts = list[dict[str, Any]]


@dataclass
class Result:
    """What one engine gave: Markdown by file and page, seconds by file, where the text was from."""

    pages: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    wall: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    cpu: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    failures: list[str] = field(default_factory=list)

    def take(self, name: str, number: int, answer: dict[str, Any]) -> None:
        self.pages[name][str(number)] = answer.get("text", "")
        self.wall[name] += answer["wall"]
        self.cpu[name] += answer["cpu"]
        if "error" in answer:
            self.failures.append(f"{name} page {number}: {answer['error']}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--engines", default=DEFAULT, help="names with commas")
    parser.add_argument("--files", default="", help="only PDFs with this in their name")
    parser.add_argument("--all", action="store_true", help="all pages, not only those that have facts")
    parser.add_argument("--keep", type=Path, help="write the Markdown and the reports there")
    asked = parser.parse_args()
    score = module(asked.corpus / "score.py")
    facts = [fact for fact in score.read_facts(asked.corpus / "facts.jsonl") if asked.files in fact["pdf"]]
    pages = wanted(asked.corpus, facts, everything=asked.all)
    digital = [name for name, numbers in pages.items() if has_text(asked.corpus / name, numbers)]
    results = run(asked.engines.split(","), asked.corpus, pages)
    with tempfile.TemporaryDirectory() as folder:
        reports = {
            engine: scored(score, facts, result, (asked.keep or Path(folder)) / engine)
            for engine, result in results.items()
        }
    print(table(results, reports, digital, pages))


def module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("corpus_score", path)
    assert spec
    assert spec.loader
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


def wanted(corpus: Path, facts: Facts, everything: bool) -> dict[str, list[int]]:
    """The pages to convert, by file."""
    pages: dict[str, set[int]] = defaultdict(set)
    for fact in facts:
        pages[fact["pdf"]].add(fact["page"])
    if everything:
        pages |= {name: set(range(1, page_count(corpus / name) + 1)) for name in pages}
    return {name: sorted(numbers) for name, numbers in pages.items()}


def page_count(path: Path) -> int:
    import pymupdf

    with pymupdf.open(path) as pdf:
        return int(pdf.page_count)


def has_text(path: Path, numbers: list[int]) -> bool:
    import pymupdf

    with pymupdf.open(path) as pdf:
        texts = [pdf[number - 1].get_text() for number in numbers]
    return all(sum(sign.isalnum() for sign in text) >= ENOUGH for text in texts)


# --- Converting -------------------------------------------------------------------------------------------------------


def run(engines: list[str], corpus: Path, pages: dict[str, list[int]]) -> dict[str, Result]:
    """Convert all pages with all engines, in turns."""
    results = {engine: Result() for engine in engines}
    workers = {engine: started(engine) for engine in engines}
    for name, numbers in pages.items():
        for number in numbers:
            for engine, worker in workers.items():
                worker.send((str(corpus / name), number))
                results[engine].take(name, number, worker.recv())
    for worker in workers.values():
        worker.send(None)
    return results


def started(engine: str) -> Connection:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    context.Process(target=work, args=(engine, theirs), daemon=True).start()
    return ours


def work(engine: str, pipe: Connection) -> None:
    """A worker's life: a path and a page come in, Markdown and seconds go out."""
    convert = converter(engine)
    while (asked := pipe.recv()) is not None:
        wall, cpu = time.monotonic(), time.process_time()
        try:
            answer = convert(*asked)
        except Exception as error:  # noqa: BLE001 (a page that fails is part of the report)
            answer = {"error": f"{type(error).__name__}: {error}"}
        pipe.send({**answer, "wall": time.monotonic() - wall, "cpu": time.process_time() - cpu})


def converter(engine: str) -> Convert:
    if engine in PYMUPDF_OPTIONS:
        return pymupdf_converter(PYMUPDF_OPTIONS[engine])
    return dict_converter() if engine == "dict" else engine_converter(engine)


def engine_converter(name: str) -> Convert:
    from jobs import engines

    engine = engines.load(name, {})
    opened: dict[str, engines.Document] = {}

    def convert(path: str, number: int) -> dict[str, Any]:
        if path not in opened:
            for document in opened.values():
                document.close()
            opened.clear()
            opened[path] = engine.open(path, "")
        return asdict(opened[path].convert(number, {}))

    return convert


def pymupdf_converter(options: dict[str, Any]) -> Convert:
    import pymupdf
    import pymupdf4llm

    opened: dict[str, Any] = {}

    def convert(path: str, number: int) -> dict[str, Any]:
        if path not in opened:
            opened.clear()
            opened[path] = pymupdf.open(path)
        return {"text": pymupdf4llm.to_markdown(opened[path], pages=[number - 1], **options)}

    return convert


def dict_converter() -> Convert:
    import pymupdf

    opened: dict[str, Any] = {}

    def convert(path: str, number: int) -> dict[str, Any]:
        if path not in opened:
            opened.clear()
            opened[path] = pymupdf.open(path)
        opened[path][number - 1].get_text("dict")
        return {}

    return convert


# --- Report -----------------------------------------------------------------------------------------------------------


def scored(score: ModuleType, facts: Facts, result: Result, folder: Path) -> dict[str, Any]:
    folder.mkdir(parents=True, exist_ok=True)
    for name, pages in result.pages.items():
        (folder / f"{Path(name).stem}.pages.json").write_text(json.dumps(pages, ensure_ascii=False))
    report: dict[str, Any] = score.score(facts, folder)
    (folder / "report.json").write_text(json.dumps(report, indent=2, ensure_ascii=False))
    return report


def table(
    results: dict[str, Result], reports: dict[str, dict[str, Any]], digital: list[str], pages: dict[str, list[int]]
) -> str:
    kinds = list(next(iter(reports.values()))["by_type"])
    engines = list(results)
    count = max(sum(len(pages[name]) for name in digital), 1)
    lines = [
        line("", engines),
        line("all facts", [share(reports[engine]["overall"]) for engine in engines]),
        *(line(f"  {kind}", [share(reports[engine]["by_type"][kind]) for engine in engines]) for kind in kinds),
        line("born-digital facts", [share(digital_part(reports[engine], digital)) for engine in engines]),
        line(
            "  wall s/page",
            [f"{sum(results[engine].wall[name] for name in digital) / count:.3f}" for engine in engines],
        ),
        line(
            "  CPU s/page", [f"{sum(results[engine].cpu[name] for name in digital) / count:.3f}" for engine in engines]
        ),
        f"{len(digital)} born-digital files of {len(pages)}, {count} pages of {sum(map(len, pages.values()))}",
    ]
    failures = [f"{engine}: {failure}" for engine, result in results.items() for failure in result.failures]
    return "\n".join(lines + failures)


def digital_part(report: dict[str, Any], digital: list[str]) -> dict[str, float]:
    parts = [part for name, part in report["by_pdf"].items() if name in digital]
    passed, facts = sum(part["passed"] for part in parts), sum(part["facts"] for part in parts)
    return {"passed": passed, "facts": facts, "rate": passed / max(facts, 1)}


def share(part: dict[str, float]) -> str:
    return f"{part['passed']}/{part['facts']} {part['rate']:.1%}"


def line(name: str, cells: list[str]) -> str:
    return f"{name:20}" + "".join(f"{cell:>18}" for cell in cells)


if __name__ == "__main__":
    main()
