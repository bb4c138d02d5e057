"""The look into an uploaded PDF, in a sandbox of the web process."""

from dataclasses import dataclass

from jobs.engines.sandbox import SandboxFailure
from jobs.errors import NotAPdf, UnreadablePdf
from jobs.limits import limits
from jobs.services.side_sandboxes import SideSandboxes

# Readers allow some bytes before the header (ISO 32000-2, annex on implementation notes), so we do too.
_HEADER_WITHIN = 1024

_REFUSALS = {
    "broken_pdf": "The file starts like a PDF but can't be opened. Save it anew with another program and try again.",
    "truncated": "The PDF ends in the middle, as after a download or upload that broke off. Fetch it again.",
    "locked": "The PDF is locked. Send its password in the field `password`.",
    "wrong_password": "The password doesn't open this PDF. Check it and send the file again.",
    "no_pages": "The PDF has no pages.",
}

_sandboxes = SideSandboxes("inspect")


@dataclass(frozen=True)
class Inspected:
    """What is known of a PDF before its conversion."""

    page_count: int
    repaired: bool
    labels: tuple[str, ...] = ()
    """For each page what is printed on it for its number; empty where the PDF says nothing."""


def inspect(path: str, password: str) -> Inspected:
    """Look into the PDF at `path`. Raises NotAPdf, UnreadablePdf or Unavailable."""
    with open(path, "rb") as file:
        if b"%PDF-" not in file.read(_HEADER_WITHIN):
            raise NotAPdf("The file does not start like a PDF. Only PDF files can be converted.")
    try:
        answer = _sandboxes.ask({"path": path, "password": password}, timeout_s=limits().page_seconds)
    except SandboxFailure as failure:
        raise UnreadablePdf(
            f"The PDF can't be opened safely. {failure.reason} Save it anew with another program and try again."
        ) from failure
    if refusal := answer.get("refusal"):
        raise UnreadablePdf(_REFUSALS[refusal], code=refusal)
    return Inspected(
        page_count=int(answer["page_count"]),
        repaired=bool(answer["repaired"]),
        labels=tuple(map(str, answer["labels"])),
    )
