"""The verbs for people: submit, cancel, retry, delete. API, pages, admin and commands call these and nothing else."""

from jobs.services.lifecycle import cancel, delete, note_access, retry
from jobs.services.submission import Options, submit

__all__ = ["Options", "cancel", "delete", "note_access", "retry", "submit"]
