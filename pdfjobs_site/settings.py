"""Every setting, named once. Values that an operator may change come from the environment (see env.py and README)."""

from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from environs import EnvValidationError, validate

from pdfjobs_site.database import database
from pdfjobs_site.env import BASE_DIR, environment, sandbox_environment
from pdfjobs_site.secret_key import kept_secret_key

env = environment()

# --- Where things are kept ---------------------------------------------------------------------------------------
DATA_DIR = Path(env.str("PDFJOBS_DATA_DIR", str(BASE_DIR)) or BASE_DIR).resolve()
MEDIA_ROOT = DATA_DIR / "media"
RUN_DIR = DATA_DIR / "run"  # lock file and node name of `serve`
CACHE_DIR = DATA_DIR / "cache"  # copies of PDFs that are stored elsewhere
DATABASE_URL = env.str("DATABASE_URL", "").strip()
# What a web process may have open of PostgreSQL at once; its threads share them.
DATABASE_POOL = env.int("PDFJOBS_DATABASE_POOL", 20)
DATABASE_WAIT_S = 5  # for a connection, free or new
REDIS_URL = env.str("REDIS_URL", "").strip()
REDIS_WAIT_S = 2  # an upload must not wait long for a queue that it can do without
# An object store that speaks S3, by the names of django-storages; the bucket's name selects it.
AWS_STORAGE_BUCKET_NAME = env.str("AWS_STORAGE_BUCKET_NAME", "").strip()
AWS_S3_ENDPOINT_URL = env.str("AWS_S3_ENDPOINT_URL", "").strip()
AWS_S3_REGION_NAME = env.str("AWS_S3_REGION_NAME", "").strip()
AWS_S3_ADDRESSING_STYLE = env.str("AWS_S3_ADDRESSING_STYLE", "").strip().lower()
AWS_LOCATION = env.str("AWS_LOCATION", "").strip().strip("/")
AWS_ACCESS_KEY_ID = env.str("AWS_ACCESS_KEY_ID", "").strip()
AWS_SECRET_ACCESS_KEY = env.str("AWS_SECRET_ACCESS_KEY", "").strip()
# Send whoever downloads what is stored as it is to a signed address of the object store.
DOWNLOAD_REDIRECT = env.bool("PDFJOBS_DOWNLOAD_REDIRECT", False)
SIGNED_SECONDS = 300  # how long such an address can be used to begin a download

# --- Limits ------------------------------------------------------------------------------------------------------
MAX_UPLOAD_MB = env.int("PDFJOBS_MAX_UPLOAD_MB", 1024)
MAX_PAGES = env.int("PDFJOBS_MAX_PAGES", 5000)
PAGE_TIMEOUT_S = env.int("PDFJOBS_PAGE_TIMEOUT_S", 60)
PAGE_MEMORY_MB = env.int("PDFJOBS_PAGE_MEMORY_MB", 1500)
# Copies on this machine of PDFs that are stored elsewhere.
CACHE_GB = env.float("PDFJOBS_CACHE_GB", 5.0)
# Processes that convert on this machine; 0 means one per core.
WORKERS = env.int("PDFJOBS_WORKERS", 0)

# --- Limits of one user; 0: none ---------------------------------------------------------------------------------
USER_REQUESTS_PER_MINUTE = env.int("PDFJOBS_USER_REQUESTS_PER_MINUTE", 0)
USER_UPLOADS_PER_HOUR = env.int("PDFJOBS_USER_UPLOADS_PER_HOUR", 0)
USER_ACTIVE_PAGES = env.int("PDFJOBS_USER_ACTIVE_PAGES", 0)
USER_STORAGE_GB = env.float("PDFJOBS_USER_STORAGE_GB", 0.0)

# --- Retention: of finished jobs the least recently used go first ------------------------------------------------
MAX_JOBS = env.int("PDFJOBS_MAX_JOBS", 100)
MAX_STORAGE_GB = env.float("PDFJOBS_MAX_STORAGE_GB", 10.0)
RETENTION_DAYS = env.float("PDFJOBS_RETENTION_DAYS", 0.0)  # 0: a job's age alone is no reason
# Below this uploads are refused and conversions wait: the database needs room to say why.
MIN_FREE_DISK_MB = env.int("PDFJOBS_MIN_FREE_DISK_MB", 200)
MAX_TOMBSTONES = 1000  # purged jobs that stay listed
PURGE_SECONDS = 60  # how often retention is looked at, besides after each job

# --- Who may come in ---------------------------------------------------------------------------------------------
REQUIRE_LOGIN = env.bool("PDFJOBS_REQUIRE_LOGIN", True)
ALLOWED_HOSTS = env.list("PDFJOBS_ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("PDFJOBS_TRUSTED_ORIGINS", [])
# Served through TLS: cookies only by it, plain requests redirected, browsers told to come by it for so long.
HTTPS = env.bool("PDFJOBS_HTTPS", False)
HSTS_SECONDS = env.int("PDFJOBS_HSTS_SECONDS", 365 * 24 * 3600)
# So many reverse proxies stand before the server; each adds to X-Forwarded-For whom it got the request from.
TRUSTED_PROXIES = env.int("PDFJOBS_TRUSTED_PROXIES", 0)
# After so many wrong passwords there is a pause. An address may be that of a whole office.
LOGIN_TRIES_PER_ACCOUNT = 10
LOGIN_TRIES_PER_ADDRESS = 50
LOGIN_PAUSE_SECONDS = 300
DEBUG = env.bool("PDFJOBS_DEBUG", False)
PUBLIC_URL = env.str("PDFJOBS_PUBLIC_URL", "").rstrip("/")  # how others reach this server, for links in webhooks
# Networks besides the public internet that webhooks may go to: "10.1.0.0/16,fd00::/8", or "true" for all of them.
WEBHOOK_ALLOW_PRIVATE: list[str] = env.list("PDFJOBS_WEBHOOK_ALLOW_PRIVATE", [])
_given_secret_key = env.str("PDFJOBS_SECRET_KEY", "")

# --- What operators see ------------------------------------------------------------------------------------------
LOG_LEVEL = env.str("PDFJOBS_LOG_LEVEL", "INFO").upper()
LOG_FORMAT = env.str("PDFJOBS_LOG_FORMAT", "text", validate=validate.OneOf(["text", "json"]))
# Who may read /metrics.
METRICS = env.str("PDFJOBS_METRICS", "staff", validate=validate.OneOf(["staff", "open", "off"]))
# Where several web processes put their counts together; the name is the client library's.
METRICS_DIR = env.str("PROMETHEUS_MULTIPROC_DIR", "")

# --- The web process (not for operators) -------------------------------------------------------------------------
WEB_THREADS = 64  # for what is not async; there are only as many as are busy at once
WEB_THREAD_IDLE_S = 10.0

# --- A vision model: any endpoint that speaks the OpenAI chat completions protocol -------------------------------
VISION_BASE_URL = env.str("PDFJOBS_VISION_BASE_URL", "").strip()
VISION_MODEL = env.str("PDFJOBS_VISION_MODEL", "").strip()
VISION_API_KEY = env.str("PDFJOBS_VISION_API_KEY", "").strip()
VISION_PRESET = env.str("PDFJOBS_VISION_PRESET", "").strip().lower()  # empty: by the model's name
VISION_CONCURRENCY = env.int("PDFJOBS_VISION_CONCURRENCY", 4)
VISION_TIMEOUT_S = env.int("PDFJOBS_VISION_TIMEOUT_S", 120)
VISION_DPI = env.int("PDFJOBS_VISION_DPI", 150)
VISION_MAX_TOKENS = env.int("PDFJOBS_VISION_MAX_TOKENS", 8192)

# --- How work is dealt out (not for operators: the worker's tests change them) -----------------------------------
# A range is as many pages as take about so long at the speed measured so far; what a worker has not begun by then
# (pages differ) it gives back, so that nobody's turn comes much later.
RANGE_SECONDS = 2.0
LEASE_SECONDS = 20  # a claim that was not renewed for so long is free for others, within another RECONCILE_SECONDS
HEARTBEAT_SECONDS = 2.0  # how often a running page renews its lease and looks whether its job was cancelled
DRAIN_SECONDS = 4.0  # how long a running page may go on after SIGTERM before it is given back
RECONCILE_SECONDS = 10
TROUBLE_SECONDS = 1.0  # how long a worker rests when disk, storage or database has failed it
TASK_SECONDS = 10  # how long one task of the queue goes on taking what waits, before it waits for another token
DRIVE_SECONDS = 30  # how long one task keeps taking pages for the vision model
# A page that takes the whole machine down with it is tried so often; the reason can't be seen from outside, and an
# operator who restarts the server a few times is no reason to give a page up.
MAX_ATTEMPTS = 5
MAX_CRASHES = 2  # a page that was seen to fail is tried once more alone
# A webhook is sent at once, and again after each of these pauses (give or take a tenth): about a day in all.
WEBHOOK_PAUSES_S = (5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 6 * 3600, 10 * 3600)
WEBHOOK_CONNECT_S = 3.0
WEBHOOK_TOTAL_S = 10.0  # what one attempt may take, from the look-up of the name to the answer
WEBHOOK_LEASE_S = 30  # after so long an attempt whose sender has died is made anew
WEBHOOK_LOG_DAYS = 30
WEBHOOK_LOG_ROWS = 20_000
# More engines than the project's own: name=module, comma separated. For tests and plug-ins.
EXTRA_ENGINES: dict[str, str] = env.dict("PDFJOBS_EXTRA_ENGINES", {})

try:
    env.seal()
except EnvValidationError as error:
    wrong = " ".join(str(error.args[0]).split())
    raise ImproperlyConfigured(f"{wrong} Mend it in the environment or in .env.") from error

try:
    SECRET_KEY = _given_secret_key or kept_secret_key(DATA_DIR / ".secret_key")
    SECRET_KEY_GIVEN = bool(_given_secret_key)
except OSError as error:
    raise ImproperlyConfigured(
        f"The folder {DATA_DIR} can't be used ({error.strerror}). Set PDFJOBS_DATA_DIR to one that can be written."
    ) from error
SANDBOX_ENVIRONMENT = sandbox_environment()

# --- Django ------------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "jobs",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "servestatic",
    "rest_framework",
    "drf_spectacular",
    "storages",
    "django_q",
]
MIDDLEWARE = [
    "jobs.middleware.RequestId",
    "jobs.middleware.AccessLog",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "servestatic.middleware.ServeStaticMiddleware",
    "jobs.middleware.SameOrigin",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "jobs.middleware.Common",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "pdfjobs_site.urls"
ASGI_APPLICATION = "pdfjobs_site.asgi.application"
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
            ],
        },
    },
]

SQLITE = {
    "ENGINE": "django.db.backends.sqlite3",
    "NAME": DATA_DIR / "db.sqlite3",
    "OPTIONS": {
        # A transaction that reads first and writes later fails at once under WAL when another one wrote in between,
        # whatever the timeout: so all of them take the write lock at their start, and wait for it.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    },
    "CONN_MAX_AGE": 600,  # opening one costs more than most requests
    # A test database in a file: threads and processes of a test can share it.
    "TEST": {"NAME": DATA_DIR / "test.sqlite3"},
}
DATABASES = {"default": database(DATABASE_URL, DATABASE_WAIT_S) if DATABASE_URL else SQLITE}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LOCALE_PATHS = [RUN_DIR / "locale"]  # made of jobs/locale when the web server starts
TIME_ZONE = "UTC"
USE_TZ = True
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"

STATIC_URL = "static/"
SERVESTATIC_USE_FINDERS = True  # no collectstatic step: the files are few

# Uploads go to disk as they come, on the disk where they will stay, so that taking one in is a rename.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
FILE_UPLOAD_TEMP_DIR = MEDIA_ROOT / "incoming"
SILENCED_SYSTEM_CHECKS = [
    "files.E001",  # the folder is made when the server starts
    "security.W005",  # a domain's other hosts, and browsers' preload lists, are not for this server to decide
    "security.W021",
]
FILE_UPLOAD_PERMISSIONS = 0o600
STORAGES = {
    "default": {
        "BACKEND": "jobs.object_store.ObjectStore"
        if AWS_STORAGE_BUCKET_NAME
        else "django.core.files.storage.FileSystemStorage"
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "font-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^api/health/"]  # probes come from inside
SECURE_HSTS_SECONDS = HSTS_SECONDS if HTTPS else 0
# The reverse proxy that ends TLS must set this header itself, whatever its clients send.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "jobs.api.authentication.BearerAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["jobs.api.permissions.MayUse"],
    "DEFAULT_THROTTLE_CLASSES": ["jobs.api.throttling.RequestThrottle"],
    "DEFAULT_RENDERER_CLASSES": ["jobs.api.renderers.InLanguage"],
    "EXCEPTION_HANDLER": "jobs.api.problems.as_problem",
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "jobs.api.negotiation.OneRenderer",
    "URL_FORMAT_OVERRIDE": None,  # `?format=` picks the kind of result
    "DEFAULT_VERSIONING_CLASS": "jobs.api.versioning.AcceptVersion",
    "DEFAULT_VERSION": "1",
    "ALLOWED_VERSIONS": ["1"],
    "DEFAULT_SCHEMA_CLASS": "jobs.api.schema.autoschema.TableSchema",
    "DEFAULT_METADATA_CLASS": None,  # OPTIONS tells nothing that the schema does not
}
SPECTACULAR_SETTINGS = {
    "OAS_VERSION": "3.1.0",
    "TITLE": "PDF jobs",
    "DESCRIPTION": "Turns PDFs into Markdown as durable jobs.",
    "VERSION": "1",
    "SERVERS": [{"url": "/"}],
    "ENUM_NAME_OVERRIDES": {
        "JobStatus": "jobs.models.job.Status",
        "PageStatus": "jobs.models.page.PageStatus",
        "DeliveryStatus": "jobs.models.webhook.DeliveryStatus",
        "WebhookEvent": "jobs.models.webhook.WebhookEvent",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "jobs.api.schema.finishing.finished",
    ],
}

# --- Django-Q2: it only wakes workers, all else is in the database -----------------------------------------------
# The longest that one task can take: what it took at its end is a range that runs its time, and one more page with a
# fresh sandbox. Who drives a vision model waits for its answers besides, and cuts pictures then.
_drive_seconds = DRIVE_SECONDS + VISION_TIMEOUT_S + PAGE_TIMEOUT_S if VISION_BASE_URL else 0
_task_seconds = TASK_SECONDS + int(RANGE_SECONDS) + _drive_seconds + PAGE_TIMEOUT_S + 60
Q_CLUSTER = {
    "name": "pdfjobs",
    **({"broker_class": "jobs.redis_broker.RedisBroker"} if REDIS_URL else {"orm": "default"}),
    "workers": WORKERS or 1,  # the cluster process sets the real number
    "queue_limit": 1,  # a prefetched task would wait behind a busy worker while others idle
    "bulk": 1,
    "timeout": _task_seconds,
    "retry": 3 * (_task_seconds + 3),
    "guard_cycle": 1,
    "poll": 0.2,
    "ack_failures": True,
    "max_attempts": 1,
    "save_limit": -1,
    "recycle": 0,
    "scheduler": False,
    "catch_up": False,
    "compress": False,
    "log_level": "WARNING",
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"context": {"()": "jobs.logs.ContextFilter"}},
    "formatters": {"text": {"()": "jobs.logs.TextLines"}, "json": {"()": "jobs.logs.JsonLines"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT, "filters": ["context"]}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "jobs": {"level": LOG_LEVEL},
        "django.request": {"level": "ERROR"},  # refusals are in the access lines
    },
}
