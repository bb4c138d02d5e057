"""The headers of one attempt: id, time and signatures, by the Standard Webhooks specification."""

from collections.abc import Iterable
from datetime import datetime

from standardwebhooks import Webhook


def signed_headers(message_id: str, at: datetime, body: str, secrets: Iterable[str]) -> dict[str, str]:
    """Headers for `body` sent at `at` (UTC): one signature for each of `secrets`, so that rotating breaks nothing."""
    signatures = [Webhook(secret).sign(msg_id=message_id, timestamp=at, data=body) for secret in secrets]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
