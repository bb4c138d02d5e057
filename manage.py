#!/usr/bin/env python
"""The command line of the server; `python manage.py serve` runs all of it."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pdfjobs_site.settings")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        # A wrong setting is the operator's to mend: a sentence helps, a traceback does not.
        sys.exit(f"Settings: {error}")


if __name__ == "__main__":
    main()
