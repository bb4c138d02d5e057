"""What stands above the job list: how full the storage is, and how the work goes."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.db.models import Count, DateTimeField, F, Min, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce, Greatest
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jobs import storage
from jobs.admin import words
from jobs.admin.words import since
from jobs.limits import limits
from jobs.models import Event, Job, Node
from jobs.room import room_lately

_FAILURES_OF = timedelta(days=30)
_HIGH = 0.8


@dataclass(frozen=True)
class Meter:
    """How much of a limit is used. text says it in words, note what else is to be known."""

    name: str
    used: int
    limit: int
    text: str
    note: str

    @property
    def high(self) -> int:
        """From here on it is worth a look."""
        return int(self.limit * _HIGH)


@dataclass(frozen=True)
class Fact:
    """One figure. warn marks what needs somebody; link leads to the jobs that are meant."""

    name: str
    text: str
    warn: bool = False
    link: str = ""


@dataclass(frozen=True)
class Overview:
    meters: list[Meter]
    facts: list[Fact]


def overview() -> Overview:
    """The figures of now, in as many queries whatever the number of jobs."""
    active = dict(Job.objects.active().order_by().values_list("status").annotate(Count("pk")))
    return Overview([*_meters(sum(active.values()))], [*_work(active), _failures(), _disk()])


def _meters(active: int) -> tuple[Meter, Meter]:
    allowed, all_stored = limits(), room_lately("all", Job.objects.stored())
    # The few are counted, and the many are what is left.
    held = active + Job.objects.kept().count()
    finished = all_stored.jobs - held
    return (
        Meter(
            _("Finished jobs"),
            finished,
            allowed.stored_jobs,
            _("%(used)s of %(most)s") % {"used": f"{finished:,}", "most": f"{allowed.stored_jobs:,}"},
            _held(held),
        ),
        Meter(
            _("Storage"),
            all_stored.bytes,
            allowed.stored_bytes,
            _("%(used)s of %(most)s")
            % {"used": filesizeformat(all_stored.bytes), "most": filesizeformat(allowed.stored_bytes)},
            _("of it %(size)s page texts in the database") % {"size": filesizeformat(all_stored.page_bytes)},
        ),
    )


def _work(active: dict[str, int]) -> tuple[Fact, Fact, Fact]:
    nodes = Node.objects.working().aggregate(count=Count("pk"), workers=Sum("workers"))
    workers, oldest = nodes["workers"] or 0, _waiting_since()
    pending, processing = active.get(Job.Status.PENDING, 0), active.get(Job.Status.PROCESSING, 0)
    return (
        Fact(_("Workers alive"), _machines(workers, nodes["count"]), warn=not workers),
        Fact(
            _("Jobs at work"),
            _("%(processing)s processing, %(pending)s pending")
            % {"processing": f"{processing:,}", "pending": f"{pending:,}"},
        ),
        Fact(_("Longest wait"), since(oldest) if oldest else _("nothing waits"), warn=bool(oldest and not workers)),
    )


def _held(jobs: int) -> str:
    if not jobs:
        return _("none besides is active or kept")
    return _("besides, %(n)s active or kept") % {"n": f"{jobs:,}"}


def _machines(workers: int, machines: int) -> str:
    if not workers:
        return _("none")
    text = ngettext("%(workers)s on %(n)s machine", "%(workers)s on %(n)s machines", machines)
    return text % {"workers": workers, "n": machines}


def _waiting_since() -> datetime | None:
    """Since when the job waits that has waited longest for a worker: since it was queued, retried or last served."""
    retried = Event.objects.filter(job=OuterRef("pk"), kind=Event.Kind.RETRIED).order_by("-pk").values("at")[:1]
    began = Coalesce(F("last_served_at"), F("created_at"))
    again = Coalesce(Subquery(retried, output_field=DateTimeField()), F("created_at"))
    waiting = Job.objects.claimable().order_by().annotate(waits_since=Greatest(began, again))
    oldest: datetime | None = waiting.aggregate(oldest=Min("waits_since"))["oldest"]
    return oldest


def _failures() -> Fact:
    first = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0) - _FAILURES_OF
    which = {"status__exact": Job.Status.FAILED.value, "completed_at__gte": first.isoformat()}
    count = Job.objects.filter(**which).count()
    return Fact(_("Failed in 30 days"), words.jobs(count), link=f"?{urlencode(which)}" if count else "")


def _disk() -> Fact:
    free = storage.free_bytes()
    return Fact(_("Free on the disk"), filesizeformat(free), warn=free < limits().free_disk_bytes)
