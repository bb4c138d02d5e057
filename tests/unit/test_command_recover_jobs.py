"""`manage.py recover_jobs`."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from jobs.models import Claim, Job, Node
from jobs.pipeline import claims
from tests.conftest import MakeJob, StoredFiles, Work


def recover() -> list[str]:
    out = StringIO()
    call_command("recover_jobs", stdout=out)
    return out.getvalue().splitlines()


def test_it_gives_back_what_a_dead_worker_held(make_job: MakeJob, work: Work) -> None:
    job = make_job(total_pages=2)
    claims.claim_next()
    Claim.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert recover()[0] == "1 claims of workers that are gone were given back."
    work()
    assert Job.objects.get(pk=job.pk).status == "completed"


def test_it_leaves_the_living_alone(make_job: MakeJob) -> None:
    make_job()
    claim = claims.claim_next()
    assert recover()[0] == "0 claims of workers that are gone were given back."
    assert Claim.objects.get() == claim


def test_it_writes_the_metadata_that_is_missing(make_job: MakeJob, stored_files: StoredFiles) -> None:
    job = make_job(status="completed")
    assert recover()[1] == "1 finished jobs got their metadata.json."
    assert f"jobs/{job.job_id}/metadata.json" in stored_files()
    assert recover()[1].startswith("0 ")


def test_it_finishes_removals(make_job: MakeJob, stored_files: StoredFiles) -> None:
    make_job(status="completed", removal="deleting")
    make_job(status="completed", removal="purging")
    assert recover()[2] == "2 removals that were broken off are finished."
    assert stored_files() == []
    assert Job.objects.get().is_purged


def test_it_says_what_happens_next(make_job: MakeJob) -> None:
    assert recover()[3] == "No job is unfinished."
    make_job()
    assert recover()[3] == "1 jobs are unfinished; they go on when the server runs: `manage.py serve`."
    Node.objects.say("a machine", 2)
    assert recover()[3] == "1 jobs are unfinished; the server's workers are at them."


@pytest.mark.usefixtures("db")
def test_it_has_nothing_to_do_where_nothing_is() -> None:
    assert [line[:2] for line in recover()] == ["0 ", "0 ", "0 ", "No"]
