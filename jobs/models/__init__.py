from jobs.models.claim import Claim
from jobs.models.event import Event
from jobs.models.job import Job
from jobs.models.node import Node
from jobs.models.page import Page
from jobs.models.picture import Picture
from jobs.models.reading import Reading
from jobs.models.tally import Tally
from jobs.models.webhook import CallbackKey, WebhookDelivery, WebhookEndpoint, WebhookEvent

__all__ = [
    "CallbackKey",
    "Claim",
    "Event",
    "Job",
    "Node",
    "Page",
    "Picture",
    "Reading",
    "Tally",
    "WebhookDelivery",
    "WebhookEndpoint",
    "WebhookEvent",
]
