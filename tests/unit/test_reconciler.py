"""What each machine does now and then, and what one does for all."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from jobs.models import Allowance, Claim, Job, Node
from jobs.node import node_name
from jobs.pipeline import claims
from jobs.supervision.reconciler import HEARTBEAT, Reconciler
from tests.conftest import MakeJob

pytestmark = pytest.mark.django_db(transaction=True)


def look(workers: int = 2) -> Reconciler:
    reconciler = Reconciler(workers, sweeps=True)
    reconciler.look()
    return reconciler


def test_it_says_that_the_machine_is_there_and_that_it_goes(settings: Settings) -> None:
    settings.RUN_DIR.mkdir()
    reconciler = look(workers=3)
    assert list(Node.objects.alive().values_list("name", "workers")) == [(node_name(), 3)]
    assert (settings.RUN_DIR / HEARTBEAT).exists()
    reconciler.say_goodbye()
    assert not Node.objects.exists()


def test_it_counts_a_machine_without_workers_as_there_but_not_as_working() -> None:
    look(workers=0)
    assert Node.objects.alive().count() == 1
    assert not Node.objects.working().exists()


def test_it_lets_one_machine_purge_for_all(make_job: MakeJob, settings: Settings) -> None:
    settings.MAX_JOBS = 1
    for _ in range(2):
        make_job(status="completed")
    look()
    assert Job.objects.stored().count() == 1
    make_job(status="completed")
    look()
    assert Job.objects.stored().count() == 2
    Allowance.objects.update(until=timezone.now() - timedelta(seconds=1))
    look()
    assert Job.objects.stored().count() == 1


def test_it_frees_claims_on_every_machine(make_job: MakeJob) -> None:
    make_job()
    claims.claim_next()
    for _ in range(2):
        Claim.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        look()
        assert not Claim.objects.exists()
        claims.claim_next()


def test_it_gives_back_at_once_what_its_workers_had_when_it_goes(make_job: MakeJob) -> None:
    make_job(total_pages=2)
    claims.claim_next()
    elsewhere = claims.claim_next()
    assert elsewhere
    Claim.objects.filter(pk=elsewhere.pk).update(node="another machine")
    Reconciler(2, sweeps=True).say_goodbye()
    assert list(Claim.objects.all()) == [elsewhere]


def test_it_counts_how_long_work_is_stuck_where_there_are_workers(make_job: MakeJob) -> None:
    make_job(created_at=timezone.now() - timedelta(minutes=1))
    assert look(workers=2).stuck_rounds == 1
    assert look(workers=0).stuck_rounds == 0
