"""Reads and checks the process environment: the only place that knows its names.
set.

The list is documented in ``README.md``; ``iiz/tests/test_env.py`` keeps the two equal and shows every
refusal. Anything unknown, malformed or unsafe stops the start with one sentence that names the variable.
"""

import os
import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

NAMES = (
    "DATABASE_URL",
    "REDIS_URL",
    "DEBUG",
    "SECRET_KEY",
    "AUDIT_KEY",
    "ALLOWED_HOSTS",
    "BASE_URL",
    "EMAIL_URL",
    "MEDIA_ROOT",
    "CLAMD_URL",
    "TRUSTED_PROXIES",
    "IIZ_PORT",
    "IIZ_DEMO",
)
KEY_LENGTH = 50
DEVELOPMENT_PREFIX = "dev-"
_WEAK_PREFIXES = (DEVELOPMENT_PREFIX, "test-", "django-insecure-", "change", "example")
_TRUE, _FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off", ""}

Network = IPv4Network | IPv6Network


@dataclass(frozen=True)
class Environment:
    """The checked environment. ``database`` and ``email`` are in the shape Django's settings want."""

    debug: bool
    demo: bool
    secret_key: str
    audit_key: str
    allowed_hosts: list[str]
    base_url: str
    database: dict[str, Any]
    redis_url: str
    email: dict[str, Any]
    media_root: Path
    clamd_url: str
    trusted_proxies: list[Network]
    port: int


def load(environment: Mapping[str, str], base_dir: Path) -> Environment:
    """Check ``environment`` and return it typed.

    ``base_dir`` holds ``var/``, where the embedded defaults live. Raises ``ImproperlyConfigured`` with one
    readable line.
    """
    for name in environment:
        if name.startswith("IIZ_") and name not in NAMES:
            known = ", ".join(name for name in NAMES if name.startswith("IIZ_"))
            raise ImproperlyConfigured(f"{name} is not a known setting (known: {known}).")
    values = {name: environment.get(name, "").strip() for name in NAMES}
    debug = _flag("DEBUG", values["DEBUG"])
    demo = _flag("IIZ_DEMO", values["IIZ_DEMO"])
    if demo and not debug:
        raise ImproperlyConfigured(
            "IIZ_DEMO needs DEBUG: the demo has public passwords and must never hold real cases."
        )
    var = base_dir / "var"
    port = _port(values["IIZ_PORT"] or "8000")
    hosts = _hosts(values["ALLOWED_HOSTS"], debug)
    return Environment(
        debug=debug,
        demo=demo,
        **_keys(values, debug, var),
        allowed_hosts=hosts,
        base_url=_base_url(values["BASE_URL"], debug, port, hosts),
        database=_database(values["DATABASE_URL"], base_dir),
        redis_url=_redis(values["REDIS_URL"]),
        email=_email(values["EMAIL_URL"], var),
        media_root=_absolute("MEDIA_ROOT", values["MEDIA_ROOT"]) if values["MEDIA_ROOT"] else var / "media",
        clamd_url=_clamd(values["CLAMD_URL"]),
        trusted_proxies=_networks(values["TRUSTED_PROXIES"]),
        port=port,
    )


def _flag(name: str, value: str) -> bool:
    if value.lower() in _TRUE | _FALSE:
        return value.lower() in _TRUE
    raise ImproperlyConfigured(f"{name} must be 1 or 0, not {value!r}.")


def _port(value: str) -> int:
    if value.isascii() and value.isdigit() and 1 <= int(value) <= 65535:
        return int(value)
    raise ImproperlyConfigured(f"IIZ_PORT must be a number from 1 to 65535, not {value!r}.")


def _keys(values: Mapping[str, str], debug: bool, var: Path) -> dict[str, str]:
    """Both keys; with DEBUG a missing one is made once and kept in ``var/``, so that chains stay valid."""
    keys = {}
    for name in ("SECRET_KEY", "AUDIT_KEY"):
        value = values[name]
        if debug:
            value = value or _development_key(var / name.lower())
        else:
            _check_key(name, value)
        keys[name.lower()] = value
    if not debug and keys["secret_key"] == keys["audit_key"]:
        raise ImproperlyConfigured("SECRET_KEY and AUDIT_KEY must differ: one may be changed, the other must last.")
    return keys


def _check_key(name: str, value: str) -> None:
    if not value:
        raise ImproperlyConfigured(f"{name} is required when DEBUG is off.")
    if value.lower().startswith(_WEAK_PREFIXES):
        raise ImproperlyConfigured(f"{name} is a development or example key: make a new one for production.")
    if len(value) < KEY_LENGTH or len(set(value)) < 10:
        raise ImproperlyConfigured(f"{name} is too weak: it needs at least {KEY_LENGTH} random characters.")


def _development_key(path: Path) -> str:
    """The key in ``path``, made at the first call; two processes starting at once agree on one."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(DEVELOPMENT_PREFIX + secrets.token_urlsafe(48))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()


def _hosts(value: str, debug: bool) -> list[str]:
    hosts = [host.strip() for host in value.split(",") if host.strip()]
    for host in hosts:
        if "/" in host or " " in host:
            raise ImproperlyConfigured(f"ALLOWED_HOSTS takes host names separated by commas, not {host!r}.")
    if debug:
        return hosts or ["127.0.0.1", "localhost", "[::1]"]
    if not hosts:
        raise ImproperlyConfigured("ALLOWED_HOSTS is required when DEBUG is off: the host names this site answers to.")
    if "*" in hosts:
        raise ImproperlyConfigured("ALLOWED_HOSTS must not be * when DEBUG is off: name the hosts.")
    return hosts


def _base_url(value: str, debug: bool, port: int, hosts: list[str]) -> str:
    if not value:
        if debug:
            return f"http://127.0.0.1:{port}"
        if hosts[0].startswith("."):
            raise ImproperlyConfigured("BASE_URL is required when ALLOWED_HOSTS starts with a pattern.")
        return f"https://{hosts[0]}"
    parts = _url("BASE_URL", value, ("http", "https"))
    if not parts.hostname or parts.query or parts.fragment:
        raise ImproperlyConfigured(f"BASE_URL must look like https://iiz.example.ch, not {value!r}.")
    if parts.scheme == "http" and not debug:
        raise ImproperlyConfigured("BASE_URL must start with https:// when DEBUG is off.")
    return value.rstrip("/")


def _url(name: str, value: str, schemes: tuple[str, ...]) -> Any:
    """``value`` split; its text is not repeated in the error, since it may hold a password."""
    try:
        parts = urlsplit(value)
        parts.port  # noqa: B018 - reading it is what checks it
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} is not a valid address.") from error
    if parts.scheme not in schemes or not value.startswith(f"{parts.scheme}://"):
        raise ImproperlyConfigured(f"{name} must start with one of {', '.join(f'{scheme}://' for scheme in schemes)}.")
    return parts


def _database(value: str, base_dir: Path) -> dict[str, Any]:
    value = value or f"sqlite:///{base_dir / 'var' / 'db.sqlite3'}"
    parts = _url("DATABASE_URL", value, ("sqlite", "postgres", "postgresql"))
    if (parts.scheme == "sqlite" and parts.netloc) or (parts.scheme != "sqlite" and len(parts.path) < 2):
        raise ImproperlyConfigured(
            "DATABASE_URL must look like postgres://user:password@host:5432/name or sqlite:////folder/file."
        )
    config: dict[str, Any] = environ.Env.db_url_config(value)
    if parts.scheme == "sqlite":
        if config["NAME"] == ":memory:":
            raise ImproperlyConfigured("DATABASE_URL must name a file: several processes share the database.")
        config["NAME"] = str(base_dir / config["NAME"])
    return config


def _redis(value: str) -> str:
    if value and not _url("REDIS_URL", value, ("redis", "rediss")).hostname:
        raise ImproperlyConfigured("REDIS_URL must look like redis://host:6379/0.")
    return value


def _email(value: str, var: Path) -> dict[str, Any]:
    """Django's ``EMAIL_…`` settings; ``?from=`` in the address becomes ``DEFAULT_FROM_EMAIL``."""
    if not value:
        return {
            "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "EMAIL_FILE_PATH": str(var / "mail"),
        }
    schemes = tuple(environ.Env.EMAIL_SCHEMES)
    parts = _url("EMAIL_URL", value, schemes)
    if parts.scheme.startswith("smtp") and not parts.hostname:
        raise ImproperlyConfigured("EMAIL_URL must look like smtp+tls://user:password@host:587.")
    config = environ.Env.email_url_config(value.partition("?")[0])
    settings = {name: setting for name, setting in config.items() if setting not in (None, "")}
    if parts.scheme == "filemail":
        settings["EMAIL_FILE_PATH"] = str(_absolute("EMAIL_URL", "/" + settings.get("EMAIL_FILE_PATH", "").lstrip("/")))
    options = parse_qs(parts.query)
    if unknown := set(options) - {"from"}:
        raise ImproperlyConfigured(f"EMAIL_URL knows only the option from, not {', '.join(sorted(unknown))}.")
    if "from" in options:
        settings["DEFAULT_FROM_EMAIL"] = options["from"][0]
    return settings


def _clamd(value: str) -> str:
    if not value:
        return ""
    parts = _url("CLAMD_URL", value, ("tcp", "unix"))
    tcp = parts.hostname and parts.port and parts.path in ("", "/")
    unix = not parts.netloc and len(parts.path) > 1
    if not (tcp if parts.scheme == "tcp" else unix) or parts.query or parts.fragment:
        raise ImproperlyConfigured("CLAMD_URL must look like tcp://host:3310 or unix:///run/clamav/clamd.ctl.")
    return value


def _absolute(name: str, value: str) -> Path:
    path = Path(value)
    if not path.is_absolute() or path == Path("/"):
        raise ImproperlyConfigured(f"{name} must be an absolute folder, not {value!r}.")
    return path


def _networks(value: str) -> list[Network]:
    networks: list[Network] = []
    for part in filter(None, (part.strip() for part in value.split(","))):
        try:
            networks.append(ip_network(part))
        except ValueError as error:
            raise ImproperlyConfigured(
                f"TRUSTED_PROXIES takes addresses or networks separated by commas, not {part!r}."
            ) from error
    return networks


def main() -> None:
    """Check the environment of this process; a wrong one ends it with one readable line and status 1."""
    try:
        load(os.environ, Path(__file__).resolve().parent.parent)
    except ImproperlyConfigured as error:
        sys.exit(f"Configuration error: {error}")


if __name__ == "__main__":
    main()
