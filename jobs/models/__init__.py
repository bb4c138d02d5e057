from jobs.models.allowance import Allowance
from jobs.models.claim import Claim
from jobs.models.event import Event
from jobs.models.idempotency_key import IdempotencyKey
from jobs.models.job import Job
from jobs.models.node import Node
from jobs.models.page import Page
from jobs.models.picture import Picture
from jobs.models.reading import Reading
from jobs.models.tally import Tally
from jobs.models.token import Token
from jobs.models.turn import Turn
from jobs.models.webhook import CallbackKey, WebhookDelivery, WebhookEndpoint, WebhookEvent

__all__ = [
    "Allowance",
    "CallbackKey",
    "Claim",
    "Event",
    "IdempotencyKey",
    "Job",
    "Node",
    "Page",
    "Picture",
    "Reading",
    "Tally",
    "Token",
    "Turn",
    "WebhookDelivery",
    "WebhookEndpoint",
    "WebhookEvent",
]
