"""`{{ sentence|said }}`: what the server says to people, in their language."""

from django import template

from jobs.sayings import said

register = template.Library()
register.filter("said", said)
