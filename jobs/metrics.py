"""What Prometheus is told.

Requests are counted by each web process (in files under PROMETHEUS_MULTIPROC_DIR, where there are several); all else is
in the database and asked there at each scrape, so it is the same whichever process answers. No label names a job, a
file or a person.
"""

from collections.abc import Callable, Iterator

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Count, Min, Sum
from django.utils import timezone
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from jobs import storage
from jobs.models import Claim, Job, Node, Tally
from jobs.models.tally import PAGE_SECONDS
from jobs.remembered import remembered
from jobs.room import room_lately

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4

_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

_own = CollectorRegistry()
_requests = Counter("pdfjobs_requests", "Requests answered.", ("method", "route", "status"), registry=_own)
_request_seconds = Histogram(
    "pdfjobs_request_seconds", "Seconds until a request's answer began.", ("route",), registry=_own
)
FOLLOWERS = Gauge(
    "pdfjobs_followers", "Clients that wait for a job to change.", registry=_own, multiprocess_mode="livesum"
)
WATCH_QUERIES = Counter("pdfjobs_watch_queries", "Queries made for all who wait.", registry=_own)


def count_request(method: str, route: str, status: int, seconds: float) -> None:
    """Count an answered request; `route` is the pattern of its address, the same for all jobs."""
    _requests.labels(method if method in _METHODS else "other", route, str(status)).inc()
    _request_seconds.labels(route).observe(seconds)


def exposition() -> bytes:
    """All metrics in the text format 0.0.4, of all processes. Without those of the database when it is away."""
    registry = CollectorRegistry()
    if settings.METRICS_DIR:
        MultiProcessCollector(registry, path=settings.METRICS_DIR)  # type: ignore[no-untyped-call]
    else:
        registry.register(_Own())
    registry.register(_InDatabase())
    return generate_latest(registry)


class _Own(Collector):
    def collect(self) -> Iterator[Metric]:
        yield from _own.collect()


class _InDatabase(Collector):
    def describe(self) -> list[Metric]:
        return []  # else all of it would be asked for once more, to see the names

    def collect(self) -> Iterator[Metric]:
        try:
            found = [metric for family in _FAMILIES for metric in family()]
        except DatabaseError:
            found = []
        yield GaugeMetricFamily("pdfjobs_database_up", "Whether the database answers.", value=float(bool(found)))
        yield from found


def _jobs() -> Iterator[Metric]:
    family = GaugeMetricFamily("pdfjobs_jobs", "Stored jobs by status.", labels=("status",))
    rows = Job.objects.stored().order_by().values_list("status").annotate(Count("pk"))
    counts = remembered("metrics-jobs", lambda: dict(rows), lambda found: sum(found.values()))
    for status in Job.Status.values:
        family.add_metric((status,), counts.get(status, 0))
    yield family


def _waiting() -> Iterator[Metric]:
    oldest = Job.objects.filter(status=Job.Status.PENDING).aggregate(at=Min("created_at"))["at"]
    age = (timezone.now() - oldest).total_seconds() if oldest else 0.0
    yield GaugeMetricFamily("pdfjobs_oldest_waiting_seconds", "Age of the oldest job not begun.", value=max(age, 0.0))
    sums = Job.objects.active().order_by().aggregate(total=Sum("total_pages"), done=Sum("pages_done"))
    left = (sums["total"] or 0) - (sums["done"] or 0)
    yield GaugeMetricFamily("pdfjobs_pages_waiting", "Pages of unfinished jobs that are not through.", value=left)


def _machines() -> Iterator[Metric]:
    alive = Node.objects.working().aggregate(nodes=Count("pk"), workers=Sum("workers"))
    yield GaugeMetricFamily("pdfjobs_nodes", "Machines with workers heard of lately.", value=alive["nodes"])
    yield GaugeMetricFamily("pdfjobs_workers", "Workers of these machines.", value=alive["workers"] or 0)
    yield GaugeMetricFamily("pdfjobs_claims", "Page ranges and results in work.", value=Claim.objects.count())


def _storage() -> Iterator[Metric]:
    room = room_lately("all", Job.objects.stored())
    family = GaugeMetricFamily("pdfjobs_storage_bytes", "What the jobs take.", labels=("kind",))
    family.add_metric(("files",), room.file_bytes)
    family.add_metric(("page_texts",), room.page_bytes)
    yield family
    yield GaugeMetricFamily("pdfjobs_disk_free_bytes", "Free on the disk of the files.", value=storage.free_bytes())


def _tallies() -> Iterator[Metric]:
    rows = Tally.objects.added_up()
    seconds = [row for row in rows if row.name == Tally.Name.PAGE_SECONDS]
    histogram = HistogramMetricFamily("pdfjobs_page_seconds", "Converted pages by seconds.", labels=("engine",))
    converted = CounterMetricFamily("pdfjobs_pages_converted", "Pages converted.", labels=("engine",))
    for engine in sorted({row.engine for row in seconds}):
        own = [row for row in seconds if row.engine == engine]
        histogram.add_metric((engine,), _buckets(own), sum(row.total for row in own))
        converted.add_metric((engine,), sum(row.count for row in own))
    failed = CounterMetricFamily("pdfjobs_pages_failed", "Pages given up.", labels=("engine", "code"))
    restarts = CounterMetricFamily("pdfjobs_sandbox_restarts", "Sandboxes replaced.", labels=("engine",))
    for row in rows:
        if row.name == Tally.Name.PAGES_FAILED:
            failed.add_metric((row.engine, row.detail), row.count)
        elif row.name == Tally.Name.SANDBOX_RESTARTS:
            restarts.add_metric((row.engine,), row.count)
    yield from (histogram, converted, failed, restarts)


def _buckets(rows: list[Tally]) -> list[tuple[str, float]]:
    """Prometheus' buckets: each counts what is up to its end."""
    counts = {row.detail: row.count for row in rows}
    so_far, buckets = 0.0, []
    for end in (*(f"{end:g}" for end in PAGE_SECONDS), "+Inf"):
        so_far += counts.get(end, 0)
        buckets.append((end, so_far))
    return buckets


_FAMILIES: tuple[Callable[[], Iterator[Metric]], ...] = (_jobs, _waiting, _machines, _storage, _tallies)
