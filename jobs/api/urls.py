from django.urls import include, path
from rest_framework.routers import SimpleRouter

from jobs.api.health import live, ready
from jobs.api.storage import AdminStorageView, CleanupView, StorageView
from jobs.api.views import JobViewSet, UploadView

router = SimpleRouter(trailing_slash=False)
router.register("jobs", JobViewSet, basename="job")

urlpatterns = [
    path("upload", UploadView.as_view(), name="upload"),
    path("health/live", live, name="health-live"),
    path("health/ready", ready, name="health-ready"),
    path("storage", StorageView.as_view(), name="storage"),
    path("admin/storage", AdminStorageView.as_view(), name="admin-storage"),
    path("admin/cleanup", CleanupView.as_view(), name="admin-cleanup"),
    path("", include(router.urls)),
]
