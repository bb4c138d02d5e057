"""Workers at once on one job, where the database locks rows: they neither wait in a circle nor for nothing."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from jobs import services
from jobs.models import Claim, Job, Page
from jobs.pipeline import claims
from tests.conftest import MakeJob
from tests.processes import wait_for

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite locks no rows."),
]

_WAITING = """SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock'"""


@contextmanager
def elsewhere() -> Iterator[Any]:
    """A cursor in a transaction of somebody else, who commits when it is left."""
    other = connection.copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            yield cursor
        other.commit()
    finally:
        other.close()


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_WAITING)
        return bool(cursor.fetchone()[0])


def cancel(job: Job) -> str:
    try:
        return str(services.cancel(job).status)
    finally:
        connection.close()


def test_it_passes_over_pages_that_another_is_just_taking(make_job: MakeJob) -> None:
    job = make_job()
    with elsewhere() as other:
        other.execute("SELECT id FROM jobs_page WHERE job_id = %s AND number = 1 FOR UPDATE", [job.pk])
        claim = claims.claim_next()
    assert claim is not None
    assert list(claim.pages.values_list("number", flat=True)) == [2]


def test_it_takes_nothing_when_others_are_just_taking_all(make_job: MakeJob) -> None:
    job = make_job()
    with elsewhere() as other:
        other.execute("SELECT id FROM jobs_page WHERE job_id = %s FOR UPDATE", [job.pk])
        assert claims.claim_next() is None


def test_it_holds_no_job_while_it_claims(make_job: MakeJob, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of many who claim at once each would wait for all before it."""
    make_job()
    serve = claims._serve

    def seen(job: Job) -> bool:
        with elsewhere() as other:
            other.execute("SELECT count(*) FROM jobs_claim")
            assert other.fetchone() == (1,)
            other.execute("SELECT id FROM jobs_job FOR UPDATE NOWAIT")
        return serve(job)

    monkeypatch.setattr(claims, "_serve", seen)
    assert claims.claim_next() is not None


def deadlocks() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchone()[0])


def test_it_cancels_beside_a_page_that_is_being_saved(make_job: MakeJob) -> None:
    """The worker saves the page first, at last the job's progress: cancelling waits for the page."""
    job = make_job()
    claim = claims.claim_next()
    assert claim is not None
    before = deadlocks()
    with ThreadPoolExecutor(1) as thread, elsewhere() as worker:
        worker.execute("UPDATE jobs_page SET status = 'done', claim_id = NULL WHERE claim_id = %s", [claim.pk])
        cancelled = thread.submit(cancel, job)
        wait_for(somebody_waits, 30)
        worker.execute("UPDATE jobs_job SET pages_done = 1 WHERE id = %s AND status = 'processing'", [job.pk])
        assert worker.rowcount == 1
        worker.connection.commit()
        assert cancelled.result(timeout=30) == "cancelled"
    assert deadlocks() == before  # one of the two would have had to give way, and to begin anew
    assert not Claim.objects.exists()
    assert list(Page.objects.filter(job=job).order_by("number").values_list("status", flat=True)) == [
        "done",
        "pending",
        "pending",
    ]
