"""One process that calls PyMuPDF directly, page by page, as a script would. Prints JSON; a part of `throughput`."""

import json
import sys
import time


def main(path: str, count: int) -> None:
    began = time.monotonic()
    import pymupdf
    import pymupdf4llm

    loaded = time.monotonic()
    with pymupdf.open(path) as pdf:
        pages = min(count, pdf.page_count)
        first = 0.0
        for number in range(pages):
            pymupdf4llm.to_markdown(pdf, pages=[number], header=False, footer=False)
            first = first or time.monotonic() - loaded
    sys.stderr.write(
        json.dumps(
            {"pages": pages, "load_s": loaded - began, "first_page_s": first, "seconds": time.monotonic() - loaded}
        )
    )


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
