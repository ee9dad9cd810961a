"""All settings. The one place where the environment is read; docs/settings.md lists each name."""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from dotenv import dotenv_values
from pypi_simple import PYPI_SIMPLE_ENDPOINT

from botsite.environment import Environment

BASE_DIR = Path(__file__).resolve().parent.parent
VERSION = "0.1.0"

_file = {key: value for key, value in dotenv_values(BASE_DIR / ".env").items() if value is not None}
env = Environment({**_file, **os.environ})

# --- Where things are kept ---------------------------------------------------------------------

VAR_DIR = Path(env.text("BOTSITE_VAR_DIR", str(BASE_DIR / "var"))).resolve()
VAR_DIR.mkdir(parents=True, exist_ok=True)


def _generated_secret() -> str:
    """The secret kept in `var/`, made at the first start, readable by its owner only."""
    path = VAR_DIR / "secret-key"
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(48))
    return path.read_text().strip()


# --- Web ---------------------------------------------------------------------------------------

_given_secret = env.secret("BOTSITE_SECRET_KEY")
SECRET_KEY_GIVEN = bool(_given_secret)
SECRET_KEY = _given_secret or _generated_secret()
DEBUG = env.flag("BOTSITE_DEBUG")
BIND = env.text("BOTSITE_BIND", "127.0.0.1:8000")
WEB_PROCESSES = env.integer("BOTSITE_WEB_PROCESSES", 1, least=1)
WEB_THREADS = env.integer("BOTSITE_WEB_THREADS", 8, least=1)
ALLOWED_HOSTS = env.words("BOTSITE_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env.words("BOTSITE_CSRF_TRUSTED_ORIGINS")

# --- Behind a proxy ----------------------------------------------------------------------------

TRUSTED_PROXIES = env.integer("BOTSITE_TRUSTED_PROXIES", 0)
# What stands in these headers is believed only if a proxy of the operator's writes them.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES

BASE_PATH = env.text("BOTSITE_BASE_PATH").rstrip("/")
if not re.fullmatch(r"(/[A-Za-z0-9._~-]+)*", BASE_PATH):
    raise ImproperlyConfigured("BOTSITE_BASE_PATH must be a path such as /botsite")
FORCE_SCRIPT_NAME = BASE_PATH or None
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = f"{BASE_PATH}/"
PUBLIC_URL = env.text("BOTSITE_PUBLIC_URL").rstrip("/")
if not re.fullmatch(r"(https?://[A-Za-z0-9.:\[\]-]+)?", PUBLIC_URL):
    raise ImproperlyConfigured("BOTSITE_PUBLIC_URL must be like: https://tick.example.org")

HTTPS = env.flag("BOTSITE_HTTPS")
SECURE_SSL_REDIRECT = HTTPS
# Those who ask for these stand beside the site, not beyond the proxy.
SECURE_REDIRECT_EXEMPT = [rf"^{re.escape(f'{BASE_PATH}/'[1:])}(livez|healthz|metrics)$"]
_hsts_days = env.integer("BOTSITE_HSTS_DAYS", 30)
SECURE_HSTS_SECONDS = _hsts_days * 86_400 if HTTPS else 0
# The site speaks for its own name only, not for others of the same domain.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
# Where all origins of forms are https, cookies never travel without it.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS or (
    bool(CSRF_TRUSTED_ORIGINS)
    and all(origin.startswith("https://") for origin in CSRF_TRUSTED_ORIGINS)
)

# --- Apps: pulls -> graph -> versions -> core; botsite joins them ------------------------------

APPS = env.words("BOTSITE_APPS", "versions,graph,pulls")
if unknown := set(APPS) - {"versions", "graph", "pulls"}:
    raise ImproperlyConfigured(f"BOTSITE_APPS names unknown apps: {', '.join(sorted(unknown))}.")

if "pulls" in APPS and "graph" not in APPS:
    raise ImproperlyConfigured("BOTSITE_APPS: pulls needs graph.")

INSTALLED_APPS = [
    "botsite",
    *APPS[::-1],
    "core",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.github",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_q",  # after core, whose command qcluster is the one that is run
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "botsite.middleware.content_security_policy",
    "botsite.middleware.sign_of_life",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "botsite.urls"
WSGI_APPLICATION = "botsite.wsgi.application"

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
                "botsite.context_processors.site",
            ],
        },
    }
]

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True
STATIC_URL = f"{BASE_PATH}/static/"
WHITENOISE_STATIC_PREFIX = "/static/"  # as requests come, after the proxy took the path off
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# --- Database ----------------------------------------------------------------------------------

# WAL and IMMEDIATE together are what lets web and several workers share one SQLite file without
# "database is locked"; the values were measured, see docs/explanation/sqlite.md.
SQLITE_OPTIONS = {
    "timeout": 20,
    "transaction_mode": "IMMEDIATE",
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA mmap_size=134217728; "
        "PRAGMA journal_size_limit=67108864; PRAGMA cache_size=-20000; PRAGMA temp_store=MEMORY;"
    ),
}


def _database() -> dict[str, Any]:
    url = env.secret("DATABASE_URL") or f"sqlite:///{VAR_DIR / 'botsite.sqlite3'}"
    try:
        config: dict[str, Any] = dict(dj_database_url.parse(url))
    except (ValueError, dj_database_url.ParseError) as error:
        raise ImproperlyConfigured("DATABASE_URL is not a database URL.") from error
    if config["ENGINE"] == "django.db.backends.sqlite3":
        config["OPTIONS"] = SQLITE_OPTIONS
        # A file, not memory, so that a real cluster in a test sees the same rows.
        config["TEST"] = {"NAME": str(VAR_DIR / f"test-{os.getpid()}.sqlite3")}
    else:
        config["CONN_MAX_AGE"] = 60
        config["CONN_HEALTH_CHECKS"] = True
    return config


DATABASES = {"default": _database()}

# --- Background work ---------------------------------------------------------------------------

REDIS_URL = env.secret("REDIS_URL")
CACHES = {
    "default": (
        {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": REDIS_URL,
            "OPTIONS": {"serializer": "core.signed_cache.SignedPickles"},
            # Apart from what v0.1.0 keeps there unsigned, while hosts are upgraded one by one.
            "KEY_PREFIX": "signed",
        }
        if REDIS_URL
        else {
            # Shared by web and workers on one machine: django-q2 keeps its cluster state here.
            "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
            "LOCATION": VAR_DIR / "cache",
        }
    )
}

WORKERS = {
    "default": env.integer("BOTSITE_DEFAULT_WORKERS", 1, least=1),
    "net": env.integer("BOTSITE_NET_WORKERS", 2, least=1),
    "pulls": env.integer("BOTSITE_PULLS_WORKERS", 1, least=1),
}


def _queue(workers: int, timeout: int) -> dict[str, Any]:
    """`retry` runs from the moment a task is pulled, so it must outlast the whole local queue."""
    return {
        "workers": workers,
        "queue_limit": workers,
        "timeout": timeout,
        "retry": timeout * 2 + 60,
    }


Q_CLUSTER: dict[str, Any] = {
    "name": "default",
    **_queue(WORKERS["default"], timeout=120),
    "ALT_CLUSTERS": {
        "net": _queue(WORKERS["net"], timeout=300),
        "pulls": _queue(WORKERS["pulls"], timeout=300),
    },
    "bulk": 1,
    "max_attempts": 1,
    "ack_failures": True,
    "save_limit": -1,  # rows of ours tell what was done; 0 would keep one for each run
    "recycle": 200,
    "max_rss": 500_000,
    "catch_up": False,
    "poll": 0.5,
    "guard_cycle": 1,
    "label": "Queue",
    "log_level": "WARNING",
}
if REDIS_URL:
    Q_CLUSTER["redis"] = REDIS_URL
else:
    Q_CLUSTER["orm"] = "default"

JOB_LEASE_SECONDS = env.integer("BOTSITE_JOB_LEASE_SECONDS", 180, least=1)
KEEP_JOBS_DAYS = env.integer("BOTSITE_KEEP_JOBS_DAYS", 30, least=1)
KEEP_SWEEPS_DAYS = env.integer("BOTSITE_KEEP_SWEEPS_DAYS", 366, least=1)

# --- Versions ----------------------------------------------------------------------------------

CHECK_LEASE_SECONDS = env.integer("BOTSITE_CHECK_LEASE_SECONDS", 90, least=1)
CHECK_INTERVAL_HOURS = env.number("BOTSITE_CHECK_INTERVAL_HOURS", 6.0, least=0.01)
CHECK_INTERVAL_LEAST_HOURS = env.number("BOTSITE_CHECK_INTERVAL_LEAST_HOURS", 1.0, least=0.01)
CHECK_INTERVAL_MOST_HOURS = env.number("BOTSITE_CHECK_INTERVAL_MOST_HOURS", 24.0, least=0.01)
CHECK_GATHER_MINUTES = env.number("BOTSITE_CHECK_GATHER_MINUTES", 15.0, least=0)
CHECK_DEAD_AFTER = env.integer("BOTSITE_CHECK_DEAD_AFTER", 10, least=1)
CHECK_THREADS = env.integer("BOTSITE_CHECK_THREADS", 24, least=1)
INDEX_LIST_LEAST = env.integer("BOTSITE_INDEX_LIST_LEAST", 500, least=1)

# --- Recipes -----------------------------------------------------------------------------------

READER_PROCESSES = env.integer("BOTSITE_READER_PROCESSES", 2, least=1)
READER_SECONDS = env.number("BOTSITE_READER_SECONDS", 4.0, least=0.1)
SAMPLE_CHANNEL = BASE_DIR / "sample_channel"

# --- GitHub ------------------------------------------------------------------------------------

PUBLIC_GITHUB = "https://api.github.com"
GITHUB_API = env.text("BOTSITE_GITHUB_API", PUBLIC_GITHUB).rstrip("/")
GITHUB_TOKEN = env.secret("BOTSITE_GITHUB_TOKEN").strip()
GITHUB_WRITE_TOKEN = env.secret("BOTSITE_GITHUB_WRITE_TOKEN").strip()
GITHUB_FORKS = env.flag("BOTSITE_GITHUB_FORKS", True)
GITHUB_WEBHOOK_SECRET = env.secret("BOTSITE_GITHUB_WEBHOOK_SECRET").strip()
PULLS_RERENDER = env.flag("BOTSITE_PULLS_RERENDER")
GIT_AUTHOR = env.text("BOTSITE_GIT_AUTHOR", "Botsite <botsite@localhost>")
if not re.fullmatch(r"[^<>\x00-\x1f]+ <[^<>\s]+@[^<>\s]+>", GIT_AUTHOR):
    raise ImproperlyConfigured("BOTSITE_GIT_AUTHOR must be like: Tick Bot <bot@example.org>")

# --- Pull requests -----------------------------------------------------------------------------

PULLS = env.choice("BOTSITE_PULLS", "dry-run", {"dry-run", "open"})
PULLS_PER_MINUTE = env.integer("BOTSITE_PULLS_PER_MINUTE", 60, least=20)
PULLS_PER_HOUR = env.integer("BOTSITE_PULLS_PER_HOUR", 400, least=20)
PULLS_MOST_OPEN = env.integer("BOTSITE_PULLS_MOST_OPEN", 3, least=1)
PULLS_SLOW_START = env.integer("BOTSITE_PULLS_SLOW_START", 5, least=1)
PULLS_WAIT_DAYS = env.number("BOTSITE_PULLS_WAIT_DAYS", 7.0)
PULLS_LEASE_SECONDS = env.integer("BOTSITE_PULLS_LEASE_SECONDS", 330, least=1)


def _forge_origins() -> list[str]:
    """A forge that the operator names may be at any address."""
    scheme, separator, rest = GITHUB_API.partition("://")
    if not (separator and rest):
        raise ImproperlyConfigured("BOTSITE_GITHUB_API must be a URL, such as " + PUBLIC_GITHUB)
    return [] if GITHUB_API == PUBLIC_GITHUB else [f"{scheme}://{rest.partition('/')[0]}"]


# --- People ------------------------------------------------------------------------------------

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "account"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("MinimumLengthValidator", "CommonPasswordValidator", "NumericPasswordValidator")
]
# Django's own, and what signing in at a forge needs.
AUTHENTICATION_BACKENDS = ["botsite.accounts.backend.Backend"]
ACCOUNT_ADAPTER = "botsite.accounts.adapters.AccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_LOGOUT_REDIRECT_URL = "overview"
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/5m/key"}
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]

# Signing in at GitHub, which tells whose packages are somebody's.
GITHUB_OAUTH_ID = env.text("BOTSITE_GITHUB_OAUTH_ID")
_github_secret = env.secret("BOTSITE_GITHUB_OAUTH_SECRET").strip()
if bool(GITHUB_OAUTH_ID) != bool(_github_secret):
    raise ImproperlyConfigured(
        "BOTSITE_GITHUB_OAUTH_ID and BOTSITE_GITHUB_OAUTH_SECRET go together; one is missing."
    )
GITHUB_SIGN_UP = env.choice(
    "BOTSITE_GITHUB_SIGN_UP", "maintainers", {"nobody", "maintainers", "anyone"}
)
GITHUB_WEB = "https://github.com" if GITHUB_API == PUBLIC_GITHUB else _forge_origins()[0]
SOCIALACCOUNT_ADAPTER = "botsite.accounts.adapters.SocialAccountAdapter"
SOCIALACCOUNT_QUERY_EMAIL = False
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {
    "github": {
        "APPS": [{"client_id": GITHUB_OAUTH_ID, "secret": _github_secret, "key": ""}]
        if GITHUB_OAUTH_ID
        else [],
        **({} if GITHUB_API == PUBLIC_GITHUB else {"GITHUB_URL": GITHUB_WEB}),
    }
}

# --- The door to the network -------------------------------------------------------------------

KEPT_PAGES_MB = env.integer("BOTSITE_KEPT_PAGES_MB", 1000)

BOTSITE_GITEA_HOSTS = env.words("BOTSITE_GITEA_HOSTS")

BOTSITE_HTTP: dict[str, Any] = {
    "version": VERSION,
    "contact": env.text("BOTSITE_CONTACT", "self-hosted"),
    "mirrors": env.json_object("BOTSITE_MIRRORS"),
    "trusted_origins": env.words("BOTSITE_TRUSTED_ORIGINS") + _forge_origins(),
    "index_endpoint": env.text("BOTSITE_PYPI_INDEX", PYPI_SIMPLE_ENDPOINT),
    "ca_bundle": env.first("BOTSITE_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE") or None,
    "proxies": {
        scheme: url
        for scheme in ("http", "https")
        if (url := env.first(f"{scheme}_proxy", f"{scheme.upper()}_PROXY"))
    },
    "no_proxy": env.first("no_proxy", "NO_PROXY"),
    "credentials_file": env.text("BOTSITE_CREDENTIALS_FILE") or None,
    "host_limits": env.json_object("BOTSITE_HOST_LIMITS"),
    "pages_folder": str(VAR_DIR / "pages") if KEPT_PAGES_MB else "",
}

# --- Logs --------------------------------------------------------------------------------------

LOG_LEVEL = env.choice("BOTSITE_LOG_LEVEL", "INFO", {"DEBUG", "INFO", "WARNING", "ERROR"})
LOG_FORMAT = env.choice("BOTSITE_LOG_FORMAT", "line", {"line", "json"})
# What no line of a log may hold.
SECRETS = sorted({*env.secrets, SECRET_KEY})
SECRET_FILES = sorted(env.secret_files)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "core.logs.LineFormatter",
            "format": "{asctime} {levelname:<7} {name}: {message}",
            "style": "{",
        },
        "json": {
            "()": "core.logs.JsonFormatter",
            "fmt": ["levelname", "name", "message"],
            "rename_fields": {"levelname": "level", "name": "logger"},
            "timestamp": True,
        },
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        # It logs whole URLs and headers, which may hold secrets or a stranger's text.
        "urllib3": {"level": "ERROR"},
        # One line for every task pulled is noise; jobs log their own start and end.
        "django-q": {"level": "WARNING", "handlers": ["stderr"], "propagate": False},
    },
}
