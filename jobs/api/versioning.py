"""`Accept: application/json; version=1`: the form of the answers that a client was written for."""

from typing import Any

from rest_framework.request import Request
from rest_framework.utils.mediatypes import _MediaType
from rest_framework.versioning import AcceptHeaderVersioning

from jobs.errors import UnknownVersion

# A range that JSON answers fit, with or without a version.
_FITTING = ("application/json", "application/*", "*/*")


class AcceptVersion(AcceptHeaderVersioning):
    """The version that the Accept header names, else the newest. Raises UnknownVersion when nothing else will do."""

    def determine_version(self, request: Request, *args: Any, **kwargs: Any) -> str:
        ranges = [_MediaType(part.strip()) for part in request.headers.get("Accept", "").split(",") if part.strip()]
        asked = [given.params[self.version_param] for given in ranges if self.version_param in given.params]
        if known := next((version for version in asked if self.is_allowed_version(version)), None):
            return known
        if asked and not any(_takes_any_version(given, self.version_param) for given in ranges):
            there = ", ".join(self.allowed_versions or ())
            raise UnknownVersion(f'There is no version "{asked[0][:40]}" of the answers; there are: {there}.')
        return str(self.default_version)


def _takes_any_version(given: Any, parameter: str) -> bool:
    return parameter not in given.params and f"{given.main_type}/{given.sub_type}" in _FITTING
