"""All addresses."""

from django.contrib import admin
from django.contrib.auth.views import LogoutView
from django.urls import include, path
from django.views.i18n import JavaScriptCatalog, set_language

from jobs import account_pages, job_forms, views, webhook_views
from jobs.api.metrics import MetricsView
from jobs.home import home
from jobs.upload_form import UploadForm

urlpatterns = [
    path("", home, name="home"),
    path("upload", UploadForm.as_view(), name="upload-form"),
    path("jobs/<str:job_id>", views.job, name="job"),
    path("jobs/<str:job_id>/cancel", job_forms.cancel, name="job-cancel-form"),
    path("jobs/<str:job_id>/retry", job_forms.retry, name="job-retry-form"),
    path("jobs/<str:job_id>/keep", job_forms.keep, name="job-keep-form"),
    path("jobs/<str:job_id>/delete", job_forms.delete, name="job-delete-form"),
    path("webhooks", webhook_views.webhooks, name="webhooks"),
    path("webhooks/add", webhook_views.add, name="webhook-add"),
    path("webhooks/<int:key>/<str:verb>", webhook_views.change, name="webhook-change"),
    path("webhooks/deliveries/<str:message_id>/resend", webhook_views.resend, name="webhook-resend"),
    path("login", account_pages.LogIn.as_view(), name="login"),
    path("logout", LogoutView.as_view(next_page="home"), name="logout"),
    path("language", set_language, name="set_language"),
    path("texts.js", JavaScriptCatalog.as_view(), name="texts"),
    path("tokens", account_pages.tokens, name="tokens"),
    path("tokens/<int:key>/revoke", account_pages.revoke, name="token-revoke"),
    path("api/", include("jobs.api.urls")),
    path("metrics", MetricsView.as_view(), name="metrics"),
    path("admin/login/", account_pages.LogIn.as_view()),  # in the place of the admin's own, which lets people guess
    path("admin/", admin.site.urls),
]

handler400 = "jobs.views.bad_request"
handler403 = "jobs.views.forbidden"
handler404 = "jobs.views.not_found"
handler500 = "jobs.views.server_error"
