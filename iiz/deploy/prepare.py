"""Brings database and static files up to date before a start; fills an empty demo."""

import os
import sys

import django
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import DatabaseError


def main() -> None:
    """Migrate, load the demo if it is wanted and nothing is there, collect static files."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "iiz.settings")
    try:
        django.setup()
        _prepare()
    except ImproperlyConfigured as error:
        sys.exit(f"Configuration error: {error}")
    except (CommandError, DatabaseError) as error:
        sys.exit(f"Preparation failed: {error}")


def _prepare() -> None:
    from django.conf import settings

    from iiz.core.models import Case

    print("Preparing the database …", flush=True)
    call_command("migrate", interactive=False, verbosity=0)
    if settings.IIZ_DEMO and not Case.objects.exists():
        print("Loading the demo canton …", flush=True)
        call_command("demo")
    call_command("collectstatic", interactive=False, verbosity=0)


if __name__ == "__main__":
    main()
