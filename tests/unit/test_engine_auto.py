"""The engine `auto`, in a process of its own: it depends on what is loaded already."""

import subprocess
import sys
from pathlib import Path

import pymupdf

from tests import pdfs
from tests.server import ROOT

CONVERT = """
import json, sys
from jobs.engines import auto
path, options = sys.argv[1], json.loads(sys.argv[2])
opened = auto.open(path, "")
texts = [opened.convert(number, options).text for number in (1, 2)]
opened.close()
sys.stderr.write(json.dumps({"texts": texts, "nets": "onnxruntime" in sys.modules}))
"""


def converted(path: Path, options: str = "{}") -> str:
    command = [sys.executable, "-c", CONVERT, str(path), options]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stderr


def test_it_converts_text_without_the_nets(tmp_path: Path) -> None:
    path = tmp_path / "text.pdf"
    path.write_bytes(pdfs.pages(2))
    answer = converted(path)
    assert "This is the text of page 2." in answer
    assert '"nets": false' in answer


def test_it_gives_doubtful_pages_to_layout(tmp_path: Path) -> None:
    path = tmp_path / "broken.pdf"
    with pymupdf.open() as pdf:
        for _ in range(2):
            pdf.new_page().insert_htmlbox((72, 72, 500, 500), f"<p>{chr(0xFFFD) * 30} Some words are left here.</p>")
        pdf.save(path)
    answer = converted(path, '{"ocr": "never"}')
    assert '"nets": true' in answer
    assert answer.count("words are left") == 2
