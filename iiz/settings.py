"""Settings of every process. What may differ between installations is read in ``iiz/env.py`` only."""

import os
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from iiz import env

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"
ENV = env.load(os.environ, BASE_DIR)

# Without TLS and with keys made by itself. Django's own debugging stays off in the demo: who tries the product sees its
# error pages, not tracebacks.
RELAXED = ENV.debug
DEBUG = RELAXED and not ENV.demo
IIZ_DEMO = ENV.demo
SECRET_KEY = ENV.secret_key
AUDIT_KEY = ENV.audit_key
ALLOWED_HOSTS = ENV.allowed_hosts
BASE_URL = ENV.base_url
TRUSTED_PROXIES = ENV.trusted_proxies
ROOT_URLCONF = "iiz.urls"
WSGI_APPLICATION = "iiz.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "iiz.core",
    "optima",
    "roundtable",
    "reporting",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "guardian",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "django_htmx",
]

MIDDLEWARE = [
    "iiz.proxy.TrustedProxyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "iiz.core.middleware.LoginMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "iiz.core.middleware.ActorMiddleware",
    "iiz.core.mfa.SecondFactorMiddleware",
    "iiz.core.middleware.RefusalMiddleware",
    "axes.middleware.AxesMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "iiz.context_processors.csp_nonce",
                "iiz.core.context.page",
            ],
        },
    },
]
# With django.forms installed, templates/django/forms/ decides how forms look.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# Database -----------------------------------------------------------------------------------------

_database: dict[str, Any] = ENV.database
_options: dict[str, Any] = _database.setdefault("OPTIONS", {})
if _database["ENGINE"] == "django.db.backends.sqlite3":
    Path(_database["NAME"]).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # IMMEDIATE takes the write lock at BEGIN, where the timeout applies; a deferred one fails at its first
    # write instead. Without recursive triggers a REPLACE would remove rows past those that refuse it.
    _options |= {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; "
        "PRAGMA recursive_triggers=ON;",
    }
else:
    # Kept open, connections give three to five times the throughput. The planner's JIT costs more than our
    # queries.
    _database |= {"CONN_MAX_AGE": 300, "CONN_HEALTH_CHECKS": True}
    _options["options"] = f"{_options.get('options', '')} -c jit=off -c work_mem=32MB".strip()
DATABASES = {"default": _database}

# Cache and jobs -----------------------------------------------------------------------------------

# Rate limits count in the cache, so all processes must share it: memory per process would multiply every
# limit, a database table would add a writer to SQLite. Without Redis everything runs on one machine, where a
# folder does.
CACHES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": ENV.redis_url}
    if ENV.redis_url
    else {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": VAR_DIR / "cache"}
}

TICK_SECONDS = 60  # health checks and the schedule below count in it
BROKER_DIR = VAR_DIR / "broker"
if ENV.redis_url:
    CELERY_BROKER_URL = ENV.redis_url
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {"visibility_timeout": 600, "socket_timeout": 10}
else:
    BROKER_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
    CELERY_BROKER_URL = "filesystem://localhost"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(BROKER_DIR),
        "data_folder_out": str(BROKER_DIR),
        "control_folder": str(BROKER_DIR / "control"),
    }
# Remote control would leave a file per message in the broker folder, and nobody uses it.
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_TIME_LIMIT = 600
CELERY_TASK_SOFT_TIME_LIMIT = 540
# With a limit, a message whose receipt was lost together with Redis counts as still at work: after a few, the worker
# would take no more, for ever and silently. Ticks taken too early expire.
CELERY_WORKER_PREFETCH_MULTIPLIER = 0
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # the worker outlasts a broker that is away over a weekend
CELERY_TIMEZONE = "Europe/Zurich"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = {
    # One tick for everything: it asks the database what is due. A tick nobody took in time is worth nothing.
    "tick": {
        "task": "iiz.core.jobs.tick",
        "schedule": TICK_SECONDS,
        "options": {"expires": TICK_SECONDS - 5},
    },
}

# Login --------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "core.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/pendenzen/"
LOGOUT_REDIRECT_URL = "/"
PASSWORD_RESET_TIMEOUT = 60 * 60

# Access to cases is one policy with one table (iiz/core/access.py): no guardian backend, no anonymous
# guardian user.
ANONYMOUS_USER_NAME = None
SILENCED_SYSTEM_CHECKS = ["guardian.W001", "security.W021"]

ACCOUNT_ADAPTER = "iiz.core.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
# The invitation went to the address, so whoever holds an account has shown that it is theirs.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_SESSION_REMEMBER = True  # the session has its own idle expiry; a checkbox would only confuse
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
# Lockout is left to axes, which counts per person and address instead of per office network.
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": None}
# Roles that need a second factor in every institution; each institution may ask it of more. The demo goes without.
SECOND_FACTOR_ROLES = [] if RELAXED else ["contact", "coordinator"]
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "IIZ"
MFA_TOTP_TOLERANCE = 1
MFA_ALLOW_UNVERIFIED_EMAIL = True  # see ACCOUNT_EMAIL_VERIFICATION

AXES_ENABLED = not IIZ_DEMO
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_LOCKOUT_TEMPLATE = "errors/429.html"
AXES_DISABLE_ACCESS_LOG = True  # logins are in the audit chain
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

# Security -----------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_ENGINE = "iiz.sessions"
SESSION_COOKIE_AGE = 8 * 60 * 60
SESSION_COOKIE_NAME = "iiz_session" if RELAXED else "__Host-iiz_session"
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = not RELAXED
CSRF_COOKIE_NAME = "iiz_csrf" if RELAXED else "__Host-iiz_csrf"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = not RELAXED
CSRF_COOKIE_HTTPONLY = True  # htmx takes the token from the page, not from the cookie
CSRF_FAILURE_VIEW = "iiz.core.middleware.expired"
CSRF_TRUSTED_ORIGINS = [BASE_URL]
SECURE_SSL_REDIRECT = not RELAXED
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # asked from inside, without TLS
SECURE_HSTS_SECONDS = 0 if RELAXED else 365 * 24 * 60 * 60
SECURE_HSTS_INCLUDE_SUBDOMAINS = not RELAXED
SECURE_HSTS_PRELOAD = False  # a decision of whoever owns the domain

# Language and formats -----------------------------------------------------------------------------

LANGUAGE_CODE = "de-ch"
LANGUAGES = [("de-ch", _("Deutsch"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "iiz.formats"
TIME_ZONE = "Europe/Zurich"
USE_TZ = True

# Files --------------------------------------------------------------------------------------------

_fonts = find_spec("fontpkg_source_sans_3")
assert _fonts  # a required package
assert _fonts.submodule_search_locations
FONT_DIR = Path(_fonts.submodule_search_locations[0]) / "files"
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static", ("fonts", FONT_DIR)]
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = RELAXED
# Uploads lie outside of what is served: a view checks access and hands them out.
MEDIA_ROOT = ENV.media_root
MEDIA_URL = ""
CLAMD_URL = ENV.clamd_url
_static_storage = "whitenoise.storage.CompressedManifestStaticFilesStorage"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"file_permissions_mode": 0o600, "directory_permissions_mode": 0o700},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage" if RELAXED else _static_storage,
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024  # forms without their files; forms check files themselves (20 MB)
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_NUMBER_FILES = 20

# Mail ---------------------------------------------------------------------------------------------

DEFAULT_FROM_EMAIL = f"IIZ <iiz@{urlsplit(BASE_URL).hostname}>"
EMAIL_TIMEOUT = 20
globals().update(ENV.email)
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# Logs ---------------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "iiz.logs.LineFormatter", "values": RELAXED}},
    "handlers": {"stdout": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout", "formatter": "line"}},
    "root": {"handlers": ["stdout"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
        "celery.beat": {"level": "WARNING"},
        "axes": {"level": "WARNING"},
        "fontTools": {"level": "WARNING"},
        "weasyprint": {"level": "ERROR"},
    },
}
