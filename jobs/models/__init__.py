from jobs.models.claim import Claim
from jobs.models.job import Job
from jobs.models.page import Page

__all__ = ["Claim", "Job", "Page"]
