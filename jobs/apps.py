from django.apps import AppConfig
from django.core.checks import register

from jobs import checks, service_checks


class JobsConfig(AppConfig):
    name = "jobs"
    verbose_name = "PDF jobs"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        for check in (*checks.ALL, *service_checks.ALL):
            register(check)
