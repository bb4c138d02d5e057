"""What can be refused, and why: one class a kind, each with a stable code and an HTTP status (RFC 9457 problems)."""

from http import HTTPStatus

PROBLEM_JSON = "application/problem+json"
# How a client may say who it is (RFC 6750, section 3).
BEARER = 'Bearer realm="pdfjobs"'


class Problem(Exception):
    """Something that was asked for and can't be done; `detail` is a sentence that says what to do about it."""

    status: int = HTTPStatus.BAD_REQUEST
    code = "bad_request"
    title = "This request can't be understood"
    retry_after_s: int | None = None

    def __init__(self, detail: str, *, code: str | None = None, retry_after_s: int | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        if code:
            self.code = code
        if retry_after_s is not None:
            self.retry_after_s = retry_after_s

    def document(self, request_id: str) -> dict[str, object]:
        """The problem document of RFC 9457, with our stable `code`."""
        return {
            "type": f"urn:pdfjobs:problem:{self.code}",
            "title": self.title,
            "status": int(self.status),
            "detail": self.detail,
            "code": self.code,
            "request_id": request_id,
        }

    def headers(self) -> dict[str, str]:
        """What the answer must carry besides."""
        return {"Retry-After": str(self.retry_after_s)} if self.retry_after_s is not None else {}


class NotFound(Problem):
    status = HTTPStatus.NOT_FOUND
    code = "not_found"
    title = "There is nothing at this address"


class ServerFault(Problem):
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    code = "server_error"
    title = "The server made a mistake"


class BadOption(Problem):
    code = "bad_option"
    title = "An option has a wrong value"


class BadWebhookUrl(Problem):
    code = "bad_webhook_url"
    title = "Webhooks can't be sent to this address"


class BadPageRange(Problem):
    code = "bad_page_range"
    title = "The page range can't be used"


class BadFileName(Problem):
    code = "bad_file_name"
    title = "The file name can't be used"


class NoFile(Problem):
    code = "no_file"
    title = "No file was sent"


class EmptyFile(Problem):
    code = "empty_file"
    title = "The file is empty"


class JobNotFound(Problem):
    status = HTTPStatus.NOT_FOUND
    code = "job_not_found"
    title = "There is no such job"


class WebhookNotFound(Problem):
    status = HTTPStatus.NOT_FOUND
    code = "webhook_not_found"
    title = "There is no such webhook"


class DeliveryNotFound(Problem):
    status = HTTPStatus.NOT_FOUND
    code = "delivery_not_found"
    title = "There is no such delivery"


class PageNotFound(Problem):
    status = HTTPStatus.NOT_FOUND
    code = "page_not_found"
    title = "The job has no such page"


class PageNotReady(Problem):
    status = HTTPStatus.NOT_FOUND
    code = "page_not_ready"
    title = "The page is not converted yet"
    retry_after_s = 2


class PageNotMade(Problem):
    status = HTTPStatus.NOT_FOUND
    code = "page_not_made"
    title = "The page was not converted"


class PageFailed(Problem):
    status = HTTPStatus.NOT_FOUND
    code = "page_failed"
    title = "The page could not be converted"


class PageNotDrawn(Problem):
    """A page that can't be shown as a picture: locked, broken or too costly."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "page_not_drawn"
    title = "The page can't be shown as a picture"


class PictureNotFound(Problem):
    status = HTTPStatus.NOT_FOUND
    code = "picture_not_found"
    title = "The job has no such picture"


class ResultNotReady(Problem):
    status = HTTPStatus.NOT_FOUND
    code = "result_not_ready"
    title = "The result is not ready"
    retry_after_s = 2


class NoResult(Problem):
    status = HTTPStatus.NOT_FOUND
    code = "no_result"
    title = "The job has no result"


class Purged(Problem):
    status = HTTPStatus.GONE
    code = "result_purged"
    title = "The job's files were removed"


class FilesLost(Problem):
    status = HTTPStatus.GONE
    code = "files_lost"
    title = "The job's files are missing"


class WrongState(Problem):
    status = HTTPStatus.CONFLICT
    code = "wrong_state"
    title = "The job is in another state"


class TooManyWebhooks(Problem):
    status = HTTPStatus.CONFLICT
    code = "too_many_webhooks"
    title = "There are too many webhooks"


class UnknownVersion(Problem):
    status = HTTPStatus.NOT_ACCEPTABLE
    code = "not_acceptable"
    title = "There is no such version of the answers"


class LengthRequired(Problem):
    status = HTTPStatus.LENGTH_REQUIRED
    code = "length_required"
    title = "The size of the upload must be said"


class TooLarge(Problem):
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    code = "too_large"
    title = "The file is too large"


class NotAPdf(Problem):
    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    code = "not_a_pdf"
    title = "This is not a PDF"


class UnreadablePdf(Problem):
    """A PDF that is locked, broken, empty or too long; `code` says which."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "broken_pdf"
    title = "This PDF can't be converted"


class BadIdempotencyKey(Problem):
    code = "bad_idempotency_key"
    title = "The Idempotency-Key can't be used"


class IdempotencyKeyReused(Problem):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "idempotency_key_reused"
    title = "The Idempotency-Key stands for another upload"


class UploadInFlight(Problem):
    status = HTTPStatus.CONFLICT
    code = "upload_in_flight"
    title = "This upload is being taken in already"
    retry_after_s = 2


class BadToken(Problem):
    status = HTTPStatus.UNAUTHORIZED
    code = "bad_token"
    title = "The token is not valid"

    def headers(self) -> dict[str, str]:
        return {**super().headers(), "WWW-Authenticate": f'{BEARER}, error="invalid_token"'}


class TooManyLogins(Problem):
    status = HTTPStatus.TOO_MANY_REQUESTS
    code = "too_many_logins"
    title = "There were too many tries to log in"


class TooManyRequests(Problem):
    status = HTTPStatus.TOO_MANY_REQUESTS
    code = "too_many_requests"
    title = "There were too many requests"


class TooManyUploads(Problem):
    status = HTTPStatus.TOO_MANY_REQUESTS
    code = "too_many_uploads"
    title = "There were too many uploads"


class TooManyActivePages(Problem):
    status = HTTPStatus.TOO_MANY_REQUESTS
    code = "too_many_active_pages"
    title = "Too many pages are still to be converted"
    retry_after_s = 10


class TooManyTokens(Problem):
    status = HTTPStatus.CONFLICT
    code = "too_many_tokens"
    title = "There are too many tokens"


class CrossSite(Problem):
    status = HTTPStatus.FORBIDDEN
    code = "cross_site"
    title = "Requests from other sites are refused"


class Unavailable(Problem):
    status = HTTPStatus.SERVICE_UNAVAILABLE
    code = "unavailable"
    title = "The server can't do this now"
    retry_after_s = 5


DISK_FULL = "The server's disk is full. Try again when there is room, or ask the operator to make some."


class StorageFull(Problem):
    status = HTTPStatus.INSUFFICIENT_STORAGE
    code = "storage_full"
    title = "There is no room for this file"
    retry_after_s = 60
