"""Uploads with an Idempotency-Key: repeating one gives the first answer again and makes no second job.

See draft-ietf-httpapi-idempotency-key-header. The key's row is taken before the work and gets the answer in the
transaction that makes the job: a process that dies in between leaves a lock that runs out, never a job without answer.
A refused upload leaves no row, so that the client may mend it and use the key again.
"""

import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.core.files.uploadedfile import TemporaryUploadedFile
from django.db import DatabaseError, IntegrityError, transaction
from django.utils.crypto import salted_hmac

from jobs import clock
from jobs.clock import earlier
from jobs.documents import job_document
from jobs.errors import IdempotencyKeyReused, UploadInFlight
from jobs.limits import limits
from jobs.models import IdempotencyKey, Job
from jobs.services.allowances import take_upload
from jobs.services.submission import Options, sha256_of, submit

if TYPE_CHECKING:
    from django.contrib.auth.models import User

_KEPT = timedelta(hours=24)
# An upload takes less: the look into the PDF has a time limit, the rest is a rename and some rows.
_SPARE = timedelta(minutes=2)
# Whoever finds the row gone or expired tries again; nobody loses that race so often.
_ROUNDS = 5


@dataclass(frozen=True)
class Accepted:
    """The document of the job that an upload has made, now or (is_replayed) when it came for the first time."""

    document: dict[str, Any]
    is_replayed: bool = False


@dataclass(frozen=True)
class _Lock:
    """Ours as long as the row says so."""

    pk: int
    until: datetime

    def keep_answer(self, job: Job) -> None:
        """Belongs into the transaction that makes `job`. Raises UploadInFlight when the lock was lost."""
        mine = IdempotencyKey.objects.filter(pk=self.pk, locked_until=self.until, answer="")
        if not mine.update(answer=json.dumps(job_document(job))):
            raise _in_flight()

    def release(self) -> None:
        with suppress(DatabaseError):  # then it runs out
            IdempotencyKey.objects.filter(pk=self.pk, locked_until=self.until, answer="").delete()


def submit_once(
    *, key: str | None, owner: "User | None", file: TemporaryUploadedFile, options: Options, **asked: Any
) -> Accepted:
    """`submit`, counted against the owner's uploads; with a key at most once. `asked` is what else `submit` takes.

    Raises a Problem, UploadInFlight and IdempotencyKeyReused among them.
    """
    if key is None:
        take_upload(owner)
        return Accepted(job_document(submit(owner=owner, file=file, options=options, **asked)))
    sha256 = sha256_of(file)
    found = _begin(owner, key, _fingerprint(sha256, name=file.name, options=asdict(options), **asked))
    if isinstance(found, Accepted):
        return found
    try:
        take_upload(owner)
        job = submit(owner=owner, file=file, options=options, sha256=sha256, and_then=found.keep_answer, **asked)
    except BaseException:
        found.release()
        raise
    return Accepted(job_document(job))


def forget_keys() -> None:
    """Remove the keys that need no longer be remembered."""
    IdempotencyKey.objects.filter(created_at__lte=earlier(_KEPT)).delete()


def _begin(owner: "User | None", key: str, fingerprint: str) -> _Lock | Accepted:
    for _ in range(_ROUNDS):
        if taken := _taken(owner, key, fingerprint) or _taken_over(owner, key, fingerprint):
            return taken
        row = IdempotencyKey.objects.filter(owner=owner, key=key).first()
        if row is None or (row.locked_until <= clock.read() and not row.answer):
            continue
        if row.fingerprint != fingerprint:
            raise IdempotencyKeyReused(
                "This Idempotency-Key was used for another file or other options. Make a new key for each upload."
            )
        if not row.answer:
            break
        return Accepted(json.loads(row.answer), is_replayed=True)
    raise _in_flight()


def _taken(owner: "User | None", key: str, fingerprint: str) -> _Lock | None:
    """The lock on a key that nobody has used."""
    until = _lock_end()
    with suppress(IntegrityError), transaction.atomic():
        row = IdempotencyKey.objects.create(owner=owner, key=key, fingerprint=fingerprint, locked_until=until)
        return _Lock(row.pk, until)
    return None


def _taken_over(owner: "User | None", key: str, fingerprint: str) -> _Lock | None:
    """The lock on a key whose time is over, or whose upload has died midway."""
    now, until = clock.read(), _lock_end()
    used = IdempotencyKey.objects.filter(owner=owner, key=key)
    used.filter(created_at__lte=now - _KEPT, locked_until__lte=now).delete()
    row = used.filter(answer="", locked_until__lte=now).first()
    if row is None:
        return None
    dead = used.filter(pk=row.pk, answer="", locked_until=row.locked_until)
    if not dead.update(locked_until=until, fingerprint=fingerprint, created_at=now):
        return None
    return _Lock(row.pk, until)


def _lock_end() -> datetime:
    return clock.read() + timedelta(seconds=limits().page_seconds) + _SPARE


def _fingerprint(sha256: str, **asked: Any) -> str:
    """Of the file and all that was asked with it. Keyed, for a password is in it that must not be guessed from it."""
    text = json.dumps([sha256, asked], sort_keys=True)
    return salted_hmac("jobs.idempotency", text, algorithm="sha256").hexdigest()


def _in_flight() -> UploadInFlight:
    return UploadInFlight("The first upload with this Idempotency-Key is still being taken in. Ask again in a while.")
