"""What the rows and the folders of the jobs tell about the server's health: clocks, stuck work, leftovers."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.migrations.recorder import MigrationRecorder
from django.db.models.functions import Now
from django.utils import timezone

from jobs import storage
from jobs.clock import earlier
from jobs.models import Claim, Event, Job, Node
from jobs.room import has_no_room

# Between machines whose clocks are set by NTP it is some milliseconds.
_SKEW = timedelta(seconds=5)
# A worker that is free takes what waits within a second; three rounds of the reconciler mend a lost token.
_TAKEN_WITHIN = timedelta(seconds=30)

FindOrphans = Callable[[], list[str]]


class Wrong(Exception):
    """Something is not as it should be; the message says what it is and what to do."""


def clock() -> str:
    """Whether the clocks of database, machines and rows agree. Raises Wrong."""
    database = MigrationRecorder.Migration.objects.annotate(now=Now()).values_list("now", flat=True).first()
    off = abs(database - timezone.now()) if database else timedelta()
    if off > _SKEW:
        raise Wrong(
            f"The database's clock and this machine's are {off.total_seconds():.0f} seconds apart: times that people "
            "see are wrong, and receivers may refuse webhooks. Have both set by NTP."
        )
    ahead = max(_newest(), default=timezone.now()) - timezone.now()
    if ahead > _SKEW:
        raise Wrong(
            f"Some rows are from {ahead.total_seconds():.0f} seconds in the future: this clock was set back, or "
            "another machine's is ahead. Have all of them set by NTP."
        )
    return "The database's and this machine's agree, and nothing is from the future."


def _newest() -> list[datetime]:
    """The times of the newest rows of each kind."""
    found = (
        Job.objects.order_by("-created_at", "-pk").values_list("created_at", flat=True).first(),
        Event.objects.order_by("-pk").values_list("at", flat=True).first(),
        Claim.objects.order_by("-claimed_at").values_list("claimed_at", flat=True).first(),
        Node.objects.order_by("-seen_at").values_list("seen_at", flat=True).first(),
    )
    return [moment for moment in found if moment]


def work() -> str:
    """Whether what waits is taken by a worker. Raises Wrong."""
    if stalled := Job.objects.stalled().count():
        raise Wrong(
            f"{stalled} jobs are in the hands of workers that are gone. `manage.py recover_jobs` takes them back; a "
            "running server does so within seconds."
        )
    waiting = Job.objects.claimable().count()
    if waiting and has_no_room():
        raise Wrong(f"{waiting} jobs wait because the disk is full. See the line on the disk.")
    if waiting and not Claim.objects.exists() and _nothing_was_taken_lately():
        raise Wrong(
            f"{waiting} jobs wait and no worker takes them. Start a server (`manage.py serve`); if one runs, "
            "`manage.py recover_jobs` wakes its workers, and its log says why they sleep."
        )
    return f"{Job.objects.active().count()} jobs are unfinished, {waiting} of them wait for their turn."


def _nothing_was_taken_lately() -> bool:
    since = earlier(_TAKEN_WITHIN)
    waiting = Job.objects.claimable()
    served_lately = Job.objects.active().filter(last_served_at__gte=since)
    return waiting.filter(created_at__lt=since).exists() and not served_lately.exists()


def leftovers(find_orphans: FindOrphans) -> str:
    """Whether jobs and folders belong together; `find_orphans` gives the folders of no job. Raises Wrong."""
    if midway := Job.objects.filter(removal__isnull=False).count():
        raise Wrong(f"{midway} removals are midway. If none is just running, `manage.py recover_jobs` finishes them.")
    if lost := _without_folder():
        raise Wrong(
            f"{len(lost)} jobs have lost their files ({', '.join(sorted(lost)[:3])}, …). Bring the media folder back "
            "from the backup, or delete these jobs."
        )
    if orphans := find_orphans():
        raise Wrong(
            f"{len(orphans)} folders belong to no job ({', '.join(sorted(orphans)[:3])}, …). If the database was lost "
            "or is an older copy, `manage.py restore_jobs` brings their jobs back; else `manage.py purge_jobs "
            "--orphans` removes them."
        )
    return "Each job has its folder, and each folder its job."


def _without_folder() -> set[str]:
    """The jobs whose folder is gone. Rows are read before folders: a job that comes meanwhile can't look lost."""
    stored = Job.objects.stored()
    lost = set(stored.values_list("job_id", flat=True)) - set(storage.folders())
    return set(stored.filter(job_id__in=list(lost)[:500]).values_list("job_id", flat=True))  # but not those that went
