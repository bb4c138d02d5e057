"""Every operation of the API: what it takes and what it may answer."""

from jobs import errors
from jobs.api.schema.words import (
    BINARY,
    TEXT,
    Answer,
    Operation,
    as_form,
    header,
    json_of,
    path,
    query,
    ref,
)
from jobs.api.serializers import KeepSerializer, UploadSerializer
from jobs.api.storage import CleanupSerializer
from jobs.api.webhooks import DeliverySerializer, WebhookForm, WebhookSerializer
from jobs.documents import JobSerializer, PageSerializer
from jobs.listing import GROUPS, NEWEST_FIRST, ORDERINGS
from jobs.models import Job
from jobs.search import MOST_LETTERS

_GONE = (errors.JobNotFound, errors.Purged)
_FILES = (*_GONE, errors.FilesLost)
_PAGE = (*_GONE, errors.PageNotFound)
_RETRY = {"Retry-After": "Seconds to wait."}
_JOB = Answer("The job document.", json_of(JobSerializer))
_DELETED = Answer("It is gone.", json_of(ref("Deleted")))
_ETAG = {"ETag": "Names what the answer says, for If-None-Match."}
_FILENAME = {"Content-Disposition": "The file's name."}
_ELSEWHERE = Answer(
    "It is fetched from the object store (where the operator wants that).",
    headers={"Location": "A signed address that holds for some minutes."},
)
_KNOWN = header("If-None-Match", "The ETag of the answer that the client has.")
_PAGES = (
    query("page", "Which page of the list.", type="integer", minimum=1, default=1),
    query("page_size", "Rows on a page.", type="integer", minimum=1, maximum=200, default=50),
)
_STATUSES = "|".join(Job.Status.values)

PATHS = {
    "job_id": path("job_id", "The job's id.", type="string", pattern="^[a-z0-9_]{1,120}$"),
    "number": path("number", "The page's number in the PDF, from 1.", type="integer", minimum=0, maximum=999999999),
    "name": path("name", "The picture's file name.", type="string", pattern="^[A-Za-z0-9_-][A-Za-z0-9._-]{0,39}$"),
    "id": path("id", "The webhook's id.", type="integer", minimum=0, maximum=999999999999999999),
    "delivery_id": path("delivery_id", "The message's id.", type="string", pattern="^msg_[0-9a-f]{32}$"),
}


def _formats(*names: str) -> dict[str, object]:
    return query("format", "The kind of answer.", type="string", enum=list(names), default="md")


OPERATIONS: dict[tuple[str, str], Operation] = {
    ("POST", "/api/upload"): Operation(
        "upload",
        "jobs",
        "Make a PDF a job",
        {202: Answer("The job waits its turn.", json_of(JobSerializer), {"Location": "The job's status."})},
        (
            errors.BadOption,
            errors.BadPageRange,
            errors.BadFileName,
            errors.BadWebhookUrl,
            errors.NoFile,
            errors.EmptyFile,
            errors.LengthRequired,
            errors.TooLarge,
            errors.NotAPdf,
            errors.UnreadablePdf,
            errors.StorageFull,
            errors.BadIdempotencyKey,
            errors.IdempotencyKeyReused,
            errors.UploadInFlight,
            errors.TooManyUploads,
            errors.TooManyActivePages,
        ),
        (header("Idempotency-Key", "Repeats of an upload with the same key get the first one's answer."),),
        body={"multipart/form-data": UploadSerializer},
    ),
    ("GET", "/api/jobs"): Operation(
        "list_jobs",
        "jobs",
        "The own jobs",
        {200: Answer("A page of the list.", json_of(ref("JobList")))},
        (errors.BadOption, errors.NotFound),
        (
            query("group", "What they need of people.", type="string", enum=["", *GROUPS]),
            query(
                "status",
                "Some of them, comma separated.",
                type="string",
                pattern=f"^(({_STATUSES})(,({_STATUSES}))*)?$",
            ),
            query("search", "Part of file name, id or client_ref.", type="string"),
            query(
                "ids",
                "At most 200 job ids, comma separated.",
                type="string",
            ),
            query(
                "ordering",
                "A minus turns the order round.",
                type="string",
                enum=[sign + name for name in ORDERINGS for sign in ("", "-")],
                default=NEWEST_FIRST,
            ),
            *_PAGES,
        ),
    ),
    ("GET", "/api/jobs/zip"): Operation(
        "get_results",
        "results",
        "The results of up to 100 completed jobs as one zip",
        {200: Answer("A folder for each job.", {"application/zip": BINARY}, _FILENAME)},
        (errors.BadOption, *_FILES, errors.ResultNotReady, errors.NoResult),
        ({**query("ids", "Job ids, comma separated.", type="string"), "required": True},),
    ),
    ("GET", "/api/jobs/{job_id}"): Operation("get_job", "jobs", "A job", {200: _JOB}, (errors.JobNotFound,)),
    ("DELETE", "/api/jobs/{job_id}"): Operation(
        "delete_job", "jobs", "Stop the work and remove all files", {200: _DELETED}, (errors.JobNotFound,)
    ),
    ("GET", "/api/jobs/{job_id}/status"): Operation(
        "get_status",
        "following",
        "How far a job is",
        {
            200: Answer("Counts and how long it may take.", json_of(ref("Status")), _ETAG),
            304: Answer("It is still as the client knows it.", headers=_ETAG),
        },
        (errors.BadOption, errors.JobNotFound),
        (
            query(
                "wait",
                "Hold the answer for so many seconds until something changes.",
                type="integer",
                minimum=0,
                maximum=30,
                default=0,
            ),
            _KNOWN,
        ),
    ),
    ("GET", "/api/jobs/{job_id}/events"): Operation(
        "get_events",
        "following",
        "How far a job is, as server-sent events: status, finished, gone",
        {
            200: Answer(
                "A stream of events; the data is the status document.", {"text/event-stream": ref("StatusEvent")}
            ),
            204: Answer("The client knows the end; nothing more will come."),
        },
        (errors.JobNotFound,),
        (header("Last-Event-ID", "The id of the last event that was received."),),
    ),
    ("GET", "/api/jobs/{job_id}/result"): Operation(
        "get_result",
        "results",
        "The result as a download",
        {
            200: Answer(
                "The result.",
                {
                    "text/markdown": TEXT,
                    "text/html": TEXT,
                    "text/plain": TEXT,
                    "application/json": ref("Result"),
                    "application/zip": BINARY,
                },
                _FILENAME,
            ),
            307: _ELSEWHERE,
        },
        (errors.BadOption, *_FILES, errors.ResultNotReady, errors.NoResult),
        (_formats("md", "html", "text", "json", "zip"),),
    ),
    ("GET", "/api/jobs/{job_id}/pages"): Operation(
        "list_pages",
        "results",
        "The pages with their states",
        {200: Answer("All pages.", json_of(ref("PageList")))},
        _GONE,
    ),
    ("GET", "/api/jobs/{job_id}/pages/{number}"): Operation(
        "get_page",
        "results",
        "What a page became",
        {200: Answer("The page.", {"text/markdown": TEXT, "text/html": TEXT, "application/json": ref("PageContent")})},
        (errors.BadOption, *_PAGE, errors.PageNotReady, errors.PageNotMade, errors.PageFailed),
        (_formats("md", "html", "json"),),
    ),
    ("GET", "/api/jobs/{job_id}/pages/{number}/image"): Operation(
        "get_page_image",
        "results",
        "The page of the PDF as a picture",
        {
            200: Answer("The picture.", {"image/png": BINARY, "image/jpeg": BINARY}, _ETAG),
            304: Answer("The client has it.", headers=_ETAG),
        },
        (errors.BadOption, *_PAGE, errors.FilesLost, errors.PageNotDrawn, errors.Unavailable),
        (query("width", "In pixels.", type="integer", minimum=16, maximum=2400, default=800), _KNOWN),
    ),
    ("GET", "/api/jobs/{job_id}/search"): Operation(
        "search_pages",
        "results",
        "The pages that have these words, with some words around them",
        {200: Answer("How often and where.", json_of(ref("Found")))},
        (errors.BadOption, *_GONE),
        (
            {
                **query("q", "What to search for.", type="string", minLength=1, maxLength=MOST_LETTERS, pattern=r"\S"),
                "required": True,
            },
        ),
    ),
    ("GET", "/api/jobs/{job_id}/images/{name}"): Operation(
        "get_picture",
        "results",
        "A picture that was cut out of a page",
        {200: Answer("The picture.", {"image/png": BINARY})},
        (*_GONE, errors.PictureNotFound),
    ),
    ("GET", "/api/jobs/{job_id}/input"): Operation(
        "get_input",
        "results",
        "The uploaded PDF",
        {200: Answer("The PDF.", {"application/pdf": BINARY}, _FILENAME), 307: _ELSEWHERE},
        _FILES,
    ),
    ("POST", "/api/jobs/{job_id}/cancel"): Operation(
        "cancel_job", "jobs", "Stop a job", {200: _JOB}, (errors.JobNotFound, errors.WrongState)
    ),
    ("POST", "/api/jobs/{job_id}/retry"): Operation(
        "retry_job",
        "jobs",
        "Try what was not converted again: of failed and cancelled jobs, and of completed ones with failed pages",
        {200: _JOB},
        (*_FILES, errors.WrongState, errors.StorageFull),
    ),
    ("POST", "/api/jobs/{job_id}/keep"): Operation(
        "keep_job",
        "jobs",
        "Protect a job from being purged, or no more",
        {200: _JOB},
        (errors.BadOption, *_GONE, errors.WrongState),
        body=as_form(KeepSerializer),
        body_required=False,
    ),
    ("GET", "/api/webhooks"): Operation(
        "list_webhooks", "webhooks", "The own webhooks", {200: Answer("All of them.", json_of(ref("WebhookList")))}
    ),
    ("POST", "/api/webhooks"): Operation(
        "add_webhook",
        "webhooks",
        "Have an address told of the own jobs",
        {201: Answer("The webhook with its secret.", json_of(ref("WebhookWithSecret")))},
        (errors.BadOption, errors.BadWebhookUrl, errors.TooManyWebhooks),
        body=as_form(WebhookForm),
    ),
    ("GET", "/api/webhooks/{id}"): Operation(
        "get_webhook",
        "webhooks",
        "A webhook, without its secret",
        {200: Answer("The webhook.", json_of(WebhookSerializer))},
        (errors.WebhookNotFound,),
    ),
    ("PATCH", "/api/webhooks/{id}"): Operation(
        "change_webhook",
        "webhooks",
        "Change a webhook",
        {200: Answer("The webhook.", json_of(WebhookSerializer))},
        (errors.BadOption, errors.BadWebhookUrl, errors.WebhookNotFound),
        body=as_form(ref("WebhookChanges")),
        body_required=False,
    ),
    ("DELETE", "/api/webhooks/{id}"): Operation(
        "delete_webhook", "webhooks", "Remove a webhook", {200: _DELETED}, (errors.WebhookNotFound,)
    ),
    ("POST", "/api/webhooks/{id}/rotate"): Operation(
        "rotate_webhook",
        "webhooks",
        "Make a new secret; the old one holds for a day",
        {200: Answer("The webhook with its secret.", json_of(ref("WebhookWithSecret")))},
        (errors.WebhookNotFound,),
    ),
    ("POST", "/api/webhooks/{id}/test"): Operation(
        "test_webhook",
        "webhooks",
        "Send a message of the event webhook.test, once",
        {202: Answer("It is on its way; the log says what comes of it.", json_of(DeliverySerializer))},
        (errors.WebhookNotFound, errors.WrongState),
    ),
    ("GET", "/api/webhooks/{id}/deliveries"): Operation(
        "list_webhook_deliveries",
        "webhooks",
        "What was told to a webhook, the newest first",
        {200: Answer("A page of the log.", json_of(ref("DeliveryList")))},
        (errors.BadOption, errors.WebhookNotFound),
        _PAGES,
    ),
    ("GET", "/api/webhooks/callback-secret"): Operation(
        "get_callback_secret",
        "webhooks",
        "The secret that signs what is sent to a callback_url",
        {200: Answer("The secret.", json_of(ref("Secret")))},
    ),
    ("POST", "/api/webhooks/callback-secret"): Operation(
        "rotate_callback_secret",
        "webhooks",
        "Make a new secret for callback_urls; the old one holds for a day",
        {200: Answer("The new secret.", json_of(ref("Secret")))},
    ),
    ("GET", "/api/deliveries"): Operation(
        "list_deliveries",
        "webhooks",
        "What was told of the own jobs, the newest first",
        {200: Answer("A page of the log.", json_of(ref("DeliveryList")))},
        (errors.BadOption, errors.NotFound),
        (query("job_id", "Of one job only.", type="string"), *_PAGES),
    ),
    ("GET", "/api/deliveries/{delivery_id}"): Operation(
        "get_delivery",
        "webhooks",
        "What came of one message",
        {200: Answer("A line of the log.", json_of(DeliverySerializer))},
        (errors.DeliveryNotFound,),
    ),
    ("POST", "/api/deliveries/{delivery_id}/resend"): Operation(
        "resend_delivery",
        "webhooks",
        "Tell it again",
        {202: Answer("It will be sent again.", json_of(DeliverySerializer))},
        (errors.DeliveryNotFound, errors.WrongState),
    ),
    ("GET", "/api/limits"): Operation(
        "get_limits",
        "jobs",
        "What holds for uploads, what may be chosen, and what is left of the own limits",
        {200: Answer("The limits of now.", json_of(ref("Limits")))},
    ),
    ("GET", "/api/storage"): Operation(
        "get_storage",
        "storage",
        "What the own jobs take, and the limits",
        {200: Answer("Counts and bytes.", json_of(ref("Storage")))},
    ),
    ("GET", "/api/admin/storage"): Operation(
        "get_all_storage",
        "storage",
        "For staff: what all jobs take, what may be purged, and the disk",
        {200: Answer("Counts and bytes.", json_of(ref("AdminStorage")))},
    ),
    ("POST", "/api/admin/cleanup"): Operation(
        "clean_up",
        "storage",
        "For staff: remove what the retention rules say, or tell it",
        {200: Answer("What was or would be removed.", json_of(ref("CleanupReport")))},
        (errors.BadOption,),
        body=as_form(CleanupSerializer),
        body_required=False,
    ),
    ("GET", "/api/health/live"): Operation(
        "get_live",
        "health",
        "Whether the process answers",
        {200: Answer("It does.", json_of(ref("Live")))},
        is_open=True,
    ),
    ("GET", "/api/health/ready"): Operation(
        "get_ready",
        "health",
        "Whether the server can do its work, part by part",
        {
            200: Answer("Requests can be served.", json_of(ref("Ready"))),
            503: Answer("Requests can't be served.", json_of(ref("Ready"))),
        },
        is_open=True,
    ),
    ("GET", "/api/schema"): Operation(
        "get_schema",
        "schema",
        "This description",
        {200: Answer("OpenAPI 3.1.", json_of({"type": "object"}))},
        is_open=True,
    ),
    ("GET", "/api/docs"): Operation(
        "get_docs",
        "schema",
        "This description, for people",
        {200: Answer("A web page.", {"text/html": TEXT})},
        is_open=True,
    ),
}

# Documents that are only in others.
PARTS = (PageSerializer,)
