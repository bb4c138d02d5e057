"""manage.py create_token, list_tokens, revoke_token, assign_jobs"""

from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from jobs import services
from jobs.models import Job, Token
from jobs.pipeline import recovery
from tests.conftest import MakeJob


def run(*words: str) -> str:
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def test_it_makes_one_and_prints_nothing_else(alice: User) -> None:
    secret = run("create_token", "alice", "--name", "office").rstrip("\n")
    assert services.user_of_token(secret) == alice
    assert Token.objects.get().expires_at is None


def test_it_makes_one_for_some_days(alice: User) -> None:
    run("create_token", "alice", "--name", "office", "--days", "3")
    token = Token.objects.get()
    assert token.expires_at is not None
    assert (token.expires_at - token.created_at).days in {2, 3}


@pytest.mark.parametrize(
    "words", [["nobody", "--name", "x"], ["alice", "--name", ""], ["alice", "--name", "x", "--days", "0"]], ids=str
)
def test_it_says_what_is_wrong(alice: User, words: list[str]) -> None:
    with pytest.raises(CommandError):
        run("create_token", *words)
    assert not Token.objects.exists()


def test_it_lists_all_or_those_of_one(alice: User, charlie: User) -> None:
    services.user_of_token(services.make_token(alice, "office").secret)
    services.make_token(charlie, "phone")
    assert [line.split()[1] for line in run("list_tokens").splitlines()] == ["alice", "charlie"]
    (line,) = run("list_tokens", "charlie").splitlines()
    assert line.endswith("never used  for ever  phone")


def test_it_revokes(alice: User) -> None:
    token = services.make_token(alice, "office").token
    assert "is revoked" in run("revoke_token", str(token.pk))
    with pytest.raises(CommandError):
        run("revoke_token", str(token.pk))


def test_it_gives_the_jobs_of_nobody_to_somebody(make_job: MakeJob, charlie: User) -> None:
    jobs = [make_job(owner=None, status=status, archived=True) for status in ("completed", "processing")]
    others = make_job()
    assert run("assign_jobs", "charlie") == "2 jobs belong to charlie now.\n"
    assert set(Job.objects.visible_to(charlie)) == set(jobs)
    assert Job.objects.get(pk=others.pk).owner != charlie
    assert recovery.archive_finished(timedelta()) == 1
    with jobs[0].input.storage.open(f"jobs/{jobs[0].job_id}/metadata.json") as metadata:
        assert b'"owner": "charlie"' in metadata.read()
