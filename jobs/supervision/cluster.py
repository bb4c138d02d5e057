"""Whether a cluster is whole. Django-Q2 replaces a member that dies, but what the dead one held stays locked."""

import psutil

from jobs.supervision.part import Part

# Sentinel, monitor and pusher; besides them the workers.
_OTHERS = 3
# Children and grandchildren of the main process: the sandboxes of the workers are none of ours.
_GENERATIONS = 2


class ClusterWatch:
    """Knows the members of the cluster `part` with `workers` workers, once they are all there."""

    def __init__(self, part: Part, workers: int) -> None:
        self._part = part
        self._size = workers + _OTHERS
        self._members: set[int] = set()

    def forget(self) -> None:
        """Begin anew, with another cluster."""
        self._members = set()

    def has_lost_a_member(self) -> bool:
        """Whether one that was there is gone."""
        if not self._members:
            found = self._part.descendants(_GENERATIONS)
            if len(found) == self._size:
                self._members = found
        return not all(map(psutil.pid_exists, self._members))
