"""The admin: for looking and for the verbs; it never edits a status."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from jobs.admin.job_admin import JobAdmin
from jobs.admin.token_admin import TokenAdmin
from jobs.admin.webhook_admin import DeliveryAdmin, EndpointAdmin
from jobs.models import Job, Token, WebhookDelivery, WebhookEndpoint

admin.site.site_title = admin.site.site_header = "PDF jobs"
admin.site.index_title = _("Administration")
admin.site.enable_nav_sidebar = False  # the job list needs the width
admin.site.register(Job, JobAdmin)
admin.site.register(WebhookEndpoint, EndpointAdmin)
admin.site.register(WebhookDelivery, DeliveryAdmin)
admin.site.register(Token, TokenAdmin)
