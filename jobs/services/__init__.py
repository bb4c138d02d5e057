"""The verbs for people: submit, cancel, retry, keep, look, delete, purge, restore.

API, pages, admin and commands call these and nothing else.
"""

from jobs.services.lifecycle import begin_reading, cancel, end_reading, go_on_reading, keep, note_access, purged, retry
from jobs.services.page_images import PageImage, page_image
from jobs.services.removal import delete
from jobs.services.restoration import restore
from jobs.services.retention import Rules, plan, purge
from jobs.services.submission import Options, submit

__all__ = [
    "Options",
    "PageImage",
    "Rules",
    "begin_reading",
    "cancel",
    "delete",
    "end_reading",
    "go_on_reading",
    "keep",
    "note_access",
    "page_image",
    "plan",
    "purge",
    "purged",
    "restore",
    "retry",
    "submit",
]
