"""The admin: for looking and for the verbs; it never edits a status."""

from django.contrib import admin

from jobs.models import Job

admin.site.register(Job)
