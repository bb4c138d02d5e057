"""What can be done with jobs: the same verbs as the API's, on a selection or on one job's page."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.admin import actions
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from jobs import services
from jobs.admin import words
from jobs.errors import Problem
from jobs.models import Job
from jobs.models.job import ACTIVE
from jobs.sayings import said

if TYPE_CHECKING:
    from jobs.admin.job_admin import JobAdmin

# More at once would keep a browser waiting too long.
MOST_AT_ONCE = 500


@dataclass(frozen=True)
class Verb:
    """run raises a Problem for a job it can't be done with; fits says whether to offer it on a job's page."""

    name: str
    label: Any
    done: str
    run: Callable[[Job], object]
    fits: Callable[[Job], bool]


VERBS = {
    verb.name: verb
    for verb in (
        Verb("cancel", _("Cancel"), "cancelled", services.cancel, lambda job: job.status in ACTIVE),
        Verb("retry", _("Retry"), "queued again", services.retry, lambda job: job.may_be_retried),
        Verb("keep", _("Keep"), "kept", services.keep, lambda job: not job.is_purged and not job.keep),
        Verb(
            "stop_keeping",
            _("Stop keeping"),
            "no longer kept",
            partial(services.keep, wanted=False),
            lambda job: not job.is_purged and job.keep,
        ),
    )
}


# What people are told afterwards; in the log of the admin it stays English.
_DONE = {
    "cancel": _("%(jobs)s cancelled."),
    "retry": _("%(jobs)s queued again."),
    "keep": _("%(jobs)s kept."),
    "stop_keeping": _("%(jobs)s no longer kept."),
}


def carry_out(model_admin: "JobAdmin", request: HttpRequest, verb: Verb, jobs: Iterable[Job]) -> None:
    """Do it with each job that it can be done with, and tell the one who asked."""
    done, refusals = 0, Counter[str]()
    for job in jobs:
        try:
            verb.run(job)
        except (Problem, OSError) as error:
            refusals[_reason(error)] += 1
        else:
            done += 1
            model_admin.log_change(request, job, f"{verb.done.capitalize()}.")
    if done:
        messages.success(request, _DONE[verb.name] % {"jobs": words.jobs(done)})
    for reason, count in refusals.items():
        text = gettext("%(jobs)s skipped. %(reason)s")
        messages.warning(request, text % {"jobs": words.jobs(count), "reason": reason})


def _reason(error: Exception) -> str:
    if isinstance(error, Problem):
        return said(error.detail)
    return gettext("The storage said: %(error)s") % {"error": error}


def as_action(verb: Verb) -> Callable[..., None]:
    """The verb for the list's action menu."""

    @admin.action(description=verb.label, permissions=["work"])
    def act(model_admin: Any, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        carry_out(model_admin, request, verb, queryset)

    act.__name__ = verb.name
    return act


@admin.action(description=_("Delete with files"), permissions=["delete"])
def delete_selected(model_admin: Any, request: HttpRequest, queryset: QuerySet[Job]) -> HttpResponse | None:
    """Django's own, that asks first; what it then calls is the model admin's."""
    return actions.delete_selected(model_admin, request, queryset)
