"""The database is lost; the folders bring the finished jobs back."""

from django.contrib.auth.models import User

from jobs import archive, services, storage
from jobs.documents import job_document
from jobs.models import Job, Page
from tests.conftest import MakeJob, Work

KEPT = ("number", "label", "status", "markdown", "error", "source", "seams", "blocks", "frame", "warnings")


def test_it_brings_back_what_was_there(make_job: MakeJob, work: Work, alice: User) -> None:
    make_job(
        total_pages=4,
        prompt="fail:2 blank:3",
        options={"pages": "", "page_breaks": True},
        client_ref="42",
        callback_url="https://93.184.216.34/hook",
    )
    work()
    before = Job.objects.get()
    document = job_document(before)
    before.pages.filter(number=1).update(label="iv", seams={"headings": [[12, 1]]}, blocks=[{"type": "text"}])
    archive.write_metadata(before)
    before.refresh_from_db()
    texts = list(before.pages.values_list(*KEPT))
    room = (before.stored_bytes, sum(page.text_bytes for page in before.pages.all()))
    Job.objects.all().delete()
    assert services.restore().restored == [before.job_id]
    after = Job.objects.get()
    assert {**job_document(after), "last_accessed_at": None} == {**document, "last_accessed_at": None}
    assert list(after.pages.values_list(*KEPT)) == texts
    assert (after.stored_bytes, after.page_bytes) == room
    assert after.owner == alice


def test_it_changes_nothing_that_is_there(make_job: MakeJob) -> None:
    job = make_job(status="completed")
    archive.write_metadata(job)
    assert services.restore().present == [job.job_id]
    assert Job.objects.count() == 1


def test_it_names_folders_that_do_not_explain_themselves(make_job: MakeJob) -> None:
    bare, torn, liar = (make_job(status="completed") for _ in range(3))
    storage.write(f"{storage.folder(torn.job_id)}/metadata.json", b'{"version": 1, "job_')
    archive.write_metadata(liar)
    storage.write(f"jobs/elsewhere/{storage.METADATA}", storage.read(f"jobs/{liar.job_id}/{storage.METADATA}"))
    Job.objects.exclude(pk=liar.pk).delete()
    assert sorted(services.restore().unclear) == sorted([bare.job_id, torn.job_id, "elsewhere"])


def test_it_makes_no_half_of_a_job(make_job: MakeJob) -> None:
    torn, bare = (make_job(status="completed") for _ in range(2))
    for job in (torn, bare):
        archive.write_metadata(job)
    pages = f"{storage.folder(torn.job_id)}/{storage.PAGES}"
    storage.write(pages, storage.read(pages)[:-20])
    storage.discard(f"{storage.folder(bare.job_id)}/{storage.PAGES}")
    Job.objects.all().delete()
    assert sorted(services.restore().unclear) == sorted([torn.job_id, bare.job_id])
    assert not Job.objects.exists()
    assert not Page.objects.exists()


def test_it_keeps_the_pages_of_a_cancelled_job(make_job: MakeJob) -> None:
    job = services.cancel(make_job(status="processing", pages_done=2))
    Job.objects.all().delete()
    services.restore()
    restored = Job.objects.get(job_id=job.job_id)
    assert restored.pages_done == 2
    assert restored.pages.exclude(markdown="").count() == 2


def test_it_makes_the_owner_again_without_a_password(make_job: MakeJob, alice: User) -> None:
    archive.write_metadata(make_job(status="completed"))
    Job.objects.all().delete()
    alice.delete()
    services.restore()
    owner = Job.objects.get().owner
    assert owner is not None
    assert (owner.username, owner.has_usable_password()) == ("alice", False)


def test_it_lets_a_cancelled_job_be_retried(make_job: MakeJob, work: Work) -> None:
    job = services.cancel(make_job())
    Job.objects.all().delete()
    services.restore()
    services.retry(Job.objects.get(job_id=job.job_id))
    work()
    assert Job.objects.get().status == "completed"
    assert set(Page.objects.values_list("status", flat=True)) == {"done"}
