"""The header Idempotency-Key (draft-ietf-httpapi-idempotency-key-header)."""

import re

from rest_framework.request import Request

from jobs.errors import BadIdempotencyKey

_MOST_CHARACTERS = 255
# A string of structured fields (RFC 9651, section 3.3.3). Many clients leave the quotation marks out.
_QUOTED = re.compile(r'"((?:[ !#-\[\]-~]|\\["\\])+)"')
_BARE = re.compile(r"[A-Za-z0-9!#$%&'*+./:^_`|~@=-]+")


def idempotency_key(request: Request) -> str | None:
    """The key of the request, None where there is none. Raises BadIdempotencyKey."""
    given = request.headers.get("Idempotency-Key")
    if given is None:
        return None
    quoted = _QUOTED.fullmatch(given.strip())
    key = re.sub(r"\\(.)", r"\1", quoted[1]) if quoted else given.strip()
    if not (quoted or _BARE.fullmatch(key)) or len(key) > _MOST_CHARACTERS:
        raise BadIdempotencyKey(
            f"Send a string of 1 to {_MOST_CHARACTERS} ASCII characters in quotation marks, like "
            '"8e03978e-40d5-43dd-bc93-6894a57f9324".'
        )
    return key
