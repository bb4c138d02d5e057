"""The verbs for people: submit, cancel, retry, keep, look, delete, purge, restore, webhooks.

API, pages, admin and commands call these and nothing else.
"""

from jobs.services.allowances import Left, take_request
from jobs.services.engine_choice import choose_engine
from jobs.services.idempotency import Accepted, submit_once
from jobs.services.lifecycle import (
    assign_jobs,
    begin_reading,
    cancel,
    end_reading,
    go_on_reading,
    keep,
    note_access,
    purged,
    retry,
)
from jobs.services.logins import begin_login, finish_login
from jobs.services.own_limits import OwnLimits, own_limits
from jobs.services.page_images import PageImage, page_image
from jobs.services.removal import delete
from jobs.services.restoration import restore
from jobs.services.retention import Rules, plan, purge
from jobs.services.submission import Options, submit
from jobs.services.tokens import Made, check_room_for_token, make_token, revoke_token, user_of_token
from jobs.services.webhooks import add_webhook, change_webhook, remove_webhook, resend, rotate_secret, send_test

__all__ = [
    "Accepted",
    "Left",
    "Made",
    "Options",
    "OwnLimits",
    "PageImage",
    "Rules",
    "add_webhook",
    "assign_jobs",
    "begin_login",
    "begin_reading",
    "cancel",
    "change_webhook",
    "check_room_for_token",
    "choose_engine",
    "delete",
    "end_reading",
    "finish_login",
    "go_on_reading",
    "keep",
    "make_token",
    "note_access",
    "own_limits",
    "page_image",
    "plan",
    "purge",
    "purged",
    "remove_webhook",
    "resend",
    "restore",
    "retry",
    "revoke_token",
    "rotate_secret",
    "send_test",
    "submit",
    "submit_once",
    "take_request",
    "user_of_token",
]
