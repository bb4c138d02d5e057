"""A large upload goes to disk and not into memory."""

from pathlib import Path

from tests.pdfs import pages
from tests.server import Server
from tests.worker.conftest import Serve
from tests.worker.test_deaths import named

MB = 1024 * 1024
SIZE = 200 * MB


def heavy_pdf(path: Path, size: int) -> None:
    """A sound PDF of one empty page that carries `size` bytes nobody refers to."""
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>",
    )
    offsets = []
    with path.open("wb") as file:
        file.write(b"%PDF-1.7\n")
        for number, body in enumerate(objects, 1):
            offsets.append(file.tell())
            file.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
        offsets.append(file.tell())
        file.write(b"4 0 obj\n<</Length %d>>\nstream\n" % size)
        for _ in range(size // MB):
            file.write(b"x" * MB)
        file.write(b"\nendstream\nendobj\n")
        table = file.tell()
        rows = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
        file.write(b"xref\n0 5\n0000000000 65535 f \n" + rows)
        file.write(b"trailer\n<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % table)


def peak_mb(server: Server) -> float:
    (web,) = named(server, "pdfjobs_site.web")
    status = Path(f"/proc/{web.pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def test_it_does_not_grow_with_the_file(serve: Serve, tmp_path: Path) -> None:
    server = serve(workers=1)
    heavy_pdf(tmp_path / "heavy.pdf", SIZE)
    server.wait_until_finished(server.upload(pages(1), engine="fake"))  # what the first upload loads is none of it
    before = peak_mb(server)
    with (tmp_path / "heavy.pdf").open("rb") as file:
        answer = server.post("/api/upload", files={"file": ("heavy.pdf", file)}, data={"engine": "fake"})
    assert answer.status_code == 202, answer.text
    assert answer.json()["input_bytes"] > SIZE
    assert peak_mb(server) - before < 50
    assert list((server.folder / "media" / "incoming").iterdir()) == []
    # Back it goes the same way.
    with server.stream(f"/api/jobs/{answer.json()['job_id']}/input") as download:
        assert sum(len(piece) for piece in download.iter_bytes()) == answer.json()["input_bytes"]
    assert peak_mb(server) - before < 50


def test_it_refuses_by_the_announced_size(serve: Serve, tmp_path: Path) -> None:
    server = serve(workers=1, PDFJOBS_MAX_UPLOAD_MB="5")
    heavy_pdf(tmp_path / "heavy.pdf", 50 * MB)
    with (tmp_path / "heavy.pdf").open("rb") as file:
        answer = server.post("/api/upload", files={"file": ("heavy.pdf", file)})
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
