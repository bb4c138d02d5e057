"""What the measured costs come to on more machines than are at hand."""

from tests.benchmarks.scale_costs import COUNTED, Costs, Figures

MACHINES = (1, 4, 16, 64)
_WORKERS = 4  # of each machine
_PAGE_S = 0.5  # the `layout` engine on a core
_RANGE_S = 2.0
_JOB_PAGES = 50
_POLLS_A_JOB = 0.5  # in a second, while it runs
# A commit that waits for a disk. All pages of a job change the job's row, and the next one waits for that.
_COMMIT_S = 0.003


def outlook(costs: Costs) -> str:
    """A table: pages per second and the load on the servers, for 1 to 64 machines."""
    lines = [
        f"machines with {_WORKERS} workers, pages of {_PAGE_S} s in ranges of {_RANGE_S} s, jobs of {_JOB_PAGES} "
        f"pages, {_POLLS_A_JOB} polls a second for each",
        f"{'machines':>8}{'pages/s':>10}" + "".join(f"{name + '/s':>18}" for name in COUNTED),
    ]
    for count in MACHINES:
        rate = count * _WORKERS / _PAGE_S
        lines.append(f"{count:8}{rate:10.0f}" + "".join(f"{figure:18.1f}" for figure in load(costs, count)))
    machines = 1000 / load(costs, 1)[COUNTED.index("database ms")]
    lines.append(f"a core of the database serves {machines:.0f} machines, {machines * _WORKERS / _PAGE_S:.0f} pages/s")
    lines.append(f"one job, however many machines: {1 / _COMMIT_S:.0f} pages/s, where a commit takes {_COMMIT_S} s")
    return "\n".join(lines)


def load(costs: Costs, count: int) -> Figures:
    """What `count` machines ask of the servers in a second, in the order of COUNTED."""
    rate = count * _WORKERS / _PAGE_S
    jobs = rate / _JOB_PAGES
    running = max(1.0, count * _WORKERS / 8)  # about so many jobs at once
    ranges = rate * _PAGE_S / _RANGE_S
    times = (rate, ranges, jobs, running * _POLLS_A_JOB, count)
    kinds = (costs.page, costs.range, costs.job, costs.poll, costs.idle)
    return tuple(
        sum(often * kind[column] for often, kind in zip(times, kinds, strict=True)) for column in range(len(COUNTED))
    )
