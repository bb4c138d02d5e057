"""What every answer tells the browser to be careful of."""

import pytest
from django.test import Client
from pytest_django import Settings


@pytest.mark.parametrize("address", ["/", "/login", "/api/jobs", "/admin/login/", "/nowhere"])
def test_it_lets_pages_load_nothing_from_elsewhere(client: Client, db: None, address: str) -> None:
    answer = client.get(address)
    policy = dict(part.strip().partition(" ")[::2] for part in answer["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == policy["form-action"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"


def test_it_gives_stored_files_by_no_address(client: Client, db: None, settings: Settings) -> None:
    (settings.MEDIA_ROOT / "jobs" / "x").mkdir(parents=True)
    (settings.MEDIA_ROOT / "jobs" / "x" / "result.md").write_text("secret")
    for address in ("/media/jobs/x/result.md", "/jobs/x/result.md", "/static/../media/jobs/x/result.md"):
        answer = client.get(address)
        assert answer.status_code == 404
        assert b"secret" not in b"".join(answer)
