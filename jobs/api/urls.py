from django.urls import URLPattern, URLResolver, include, path, re_path
from rest_framework.routers import SimpleRouter

from jobs.api.following import EventsView, StatusView
from jobs.api.health import live, ready
from jobs.api.limits import LimitsView
from jobs.api.schema.views import DocsView, SchemaView
from jobs.api.storage import AdminStorageView, CleanupView, StorageView
from jobs.api.views import JobViewSet, UploadView
from jobs.api.webhooks import CallbackSecretView, DeliveryViewSet, WebhookViewSet

router = SimpleRouter(trailing_slash=False)
router.register("jobs", JobViewSet, basename="job")
router.register("webhooks", WebhookViewSet, basename="webhook")
router.register("deliveries", DeliveryViewSet, basename="delivery")

_job = f"^jobs/(?P<job_id>{JobViewSet.lookup_value_regex})"

urlpatterns: list[URLPattern | URLResolver] = [
    path("upload", UploadView.as_view(), name="upload"),
    path("schema", SchemaView.as_view(), name="schema"),
    path("docs", DocsView.as_view(), name="docs"),
    path("health/live", live, name="health-live"),
    path("health/ready", ready, name="health-ready"),
    path("limits", LimitsView.as_view(), name="limits"),
    path("storage", StorageView.as_view(), name="storage"),
    path("admin/storage", AdminStorageView.as_view(), name="admin-storage"),
    path("admin/cleanup", CleanupView.as_view(), name="admin-cleanup"),
    re_path(f"{_job}/status$", StatusView.as_view(), name="job-status"),
    re_path(f"{_job}/events$", EventsView.as_view(), name="job-events"),
    path("webhooks/callback-secret", CallbackSecretView.as_view(), name="callback-secret"),
    path("", include(router.urls)),
]
