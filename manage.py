#!/usr/bin/env python3
"""Management commands: ``manage.py help`` lists them, ``README.md`` explains those that people use."""

import os
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line


def main() -> None:
    """Run one command; a wrong configuration ends it with one readable line and status 1."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "iiz.settings")
    try:
        settings.INSTALLED_APPS  # noqa: B018 - Django would go on without settings and fail with a traceback
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"Configuration error: {error}")


if __name__ == "__main__":
    main()
