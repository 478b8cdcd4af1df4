"""Brings database and static files up to date before a start; fills an empty demo."""

import os
import sys

import django
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import DatabaseError


def main() -> None:
    """Migrate, load the demo if wanted, compile translations, collect static files."""
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
    if any(_is_stale(catalogue) for folder in settings.LOCALE_PATHS for catalogue in folder.rglob("*.po")):
        call_command("compilemessages", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)


def _is_stale(catalogue: "os.PathLike[str]") -> bool:
    """Whether a translation catalogue has not been compiled since it was changed."""
    compiled = os.fspath(catalogue)[:-3] + ".mo"
    return not os.path.exists(compiled) or os.path.getmtime(compiled) < os.path.getmtime(catalogue)


if __name__ == "__main__":
    main()
