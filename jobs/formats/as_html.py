"""`html`: the result as one page for browsers and printers, with all that belongs to it inside."""

import base64
import re
import secrets
from collections.abc import Iterator
from html import escape
from pathlib import PurePath
from typing import IO

from jobs.formats import reading
from jobs.formats.cutting import DIVIDER, cut
from jobs.formats.rendering import Renderer
from jobs.models import Job

# The page can't run anything, load anything or send anything.
_LOADS = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
POLICY = f"{_LOADS}; sandbox"

_TRIPLES = 3 * 16 * 1024  # bytes; a multiple of three, so that the pieces of base64 go together
_LANGUAGE = re.compile(r"[a-z]{2}")

_STYLE = """
:root{color-scheme:light dark;--ink:#1b1f24;--paper:#fff;--faint:#667;--line:#ccd;--shade:#f3f4f7;--link:#0a58ca}
@media (prefers-color-scheme:dark){:root{--ink:#e4e6ea;--paper:#15171a;--faint:#99a;--line:#3a3f47;--shade:#20242a;
--link:#7db1ff}}
body{margin:0;background:var(--paper);color:var(--ink);font:17px/1.55 Georgia,"Noto Serif",serif}
main{max-width:46rem;margin:0 auto;padding:2rem 1.25rem 4rem;overflow-wrap:anywhere}
h1,h2,h3,h4,h5,h6{line-height:1.25;margin:1.6em 0 .5em}
p,li,h1,h2,h3,h4,h5,h6,td,th{unicode-bidi:plaintext}
p,li,h1,h2,h3,h4,h5,h6,td:not([align]),th:not([align]){text-align:start}
a:link{color:var(--link)}
img{max-width:100%;height:auto;background:#fff}
pre,code{font:.85em/1.45 ui-monospace,Menlo,Consolas,monospace;background:var(--shade)}
pre{padding:.8em 1em;overflow-x:auto}
pre code{font-size:1em;padding:0}
code{padding:.1em .25em}
blockquote{margin:1em 0;padding:0 1em;border-inline-start:3px solid var(--line)}
table{display:block;max-width:100%;overflow-x:auto;border-collapse:collapse;margin:1em 0;font-size:.9em;
overflow-wrap:normal}
td,th{border:1px solid var(--line);padding:.3em .6em;vertical-align:top}
th{background:var(--shade)}
.page{display:flex;align-items:center;gap:.8em;margin:2.5em 0;color:var(--faint);font:13px/1 system-ui,sans-serif}
.page::before,.page::after{content:"";flex:1;border-top:1px solid var(--line)}
@media print{body{font-size:11pt;background:none}main{max-width:none;padding:0}table{display:table}
pre{white-space:pre-wrap}tr,img,pre{break-inside:avoid}h1,h2,h3{break-after:avoid}}
"""

_HEAD = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{loads}">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main>
"""
_TAIL = "</main>\n</body>\n</html>\n"


def pieces(job: Job, markdown: IO[bytes]) -> Iterator[bytes]:
    """The page for a completed job and its opened result.md, see `Format`."""
    names = frozenset(reading.pictures(job))
    return _written(job, names, markdown)


def _written(job: Job, names: frozenset[str], markdown: IO[bytes]) -> Iterator[bytes]:
    # Nobody who wrote the PDF can know it, so a picture's place can't be mistaken for text.
    mark = secrets.token_hex(16)
    places = re.compile(rf"{mark}/([^\"]+)")
    renderer = Renderer(lambda name: f"{mark}/{name}" if name in names else None)
    yield _head(job).encode()
    for piece in cut(reading.text(markdown)):
        divider = DIVIDER.fullmatch(piece.strip())
        html = _divider(divider[1]) if divider else renderer.html(piece)
        # Every second part is a picture's name.
        for index, part in enumerate(places.split(html)):
            yield from _data_address(job, part) if index % 2 else (part.encode(),)
    yield _TAIL.encode()


def _head(job: Job) -> str:
    title = PurePath(job.filename).stem or job.filename
    return _HEAD.format(language=_language(job), loads=_LOADS, title=escape(title), style=_STYLE)


def _language(job: Job) -> str:
    """The language that OCR was told, where it is one that browsers know; empty, which means unknown, else."""
    told = str(job.options.get("ocr_language") or "").lower()
    return told if _LANGUAGE.fullmatch(told) else ""


def _divider(number: str) -> str:
    return f'<div class="page" role="separator" aria-label="Page {number}">{number}</div>\n'


def _data_address(job: Job, name: str) -> Iterator[bytes]:
    yield b"data:image/png;base64,"
    for chunk in reading.picture(job, name, _TRIPLES):
        yield base64.b64encode(chunk)
