"""A Node: a machine (more exactly: a `serve`) that takes part, with or without workers of its own."""

from datetime import timedelta
from typing import Self

from django.db import models

from jobs.clock import Now, earlier

# A node that has not said anything for so long counts as gone: three rounds of its reconciler.
SILENCE = timedelta(seconds=30)
FORGOTTEN = timedelta(days=1)


class NodeQuerySet(models.QuerySet["Node"]):
    def alive(self) -> Self:
        """Nodes heard of just now."""
        return self.filter(seen_at__gte=earlier(SILENCE))

    def working(self) -> Self:
        """Those of them that have workers."""
        return self.alive().filter(workers__gt=0)

    def say(self, name: str, workers: int) -> None:
        """Note that the node called `name` is alive with so many workers, and forget those that have long been gone."""
        self.update_or_create(name=name, defaults={"workers": workers, "seen_at": Now()})
        self.filter(seen_at__lt=earlier(FORGOTTEN)).delete()


class Node(models.Model):
    name = models.CharField(max_length=80, unique=True)
    workers = models.PositiveIntegerField()
    """0 for a machine that only answers requests."""
    seen_at = models.DateTimeField()

    objects = NodeQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name
