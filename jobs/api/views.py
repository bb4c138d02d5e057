"""The addresses of the job API: each fetches, calls one verb, answers."""

from typing import Any

from django.core.files.uploadedfile import TemporaryUploadedFile
from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from jobs import logs, services
from jobs.api.authentication import owner_of
from jobs.api.idempotency import idempotency_key
from jobs.api.lists import JobPages, listed
from jobs.api.parsers import UploadParser
from jobs.api.results import Results
from jobs.api.serializers import KeepSerializer, UploadSerializer
from jobs.documents import JobSerializer
from jobs.downloads import sent
from jobs.errors import JobNotFound, NoFile
from jobs.models import Job


class UploadView(APIView):
    """`POST /api/upload`: a PDF becomes a job."""

    parser_classes = (UploadParser,)

    def post(self, request: Request) -> Response:
        key = idempotency_key(request)
        file = request.FILES.get("file")
        if not isinstance(file, TemporaryUploadedFile):
            raise NoFile("Send the PDF as multipart/form-data in the field `file`.")
        form = UploadSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        accepted = services.submit_once(key=key, owner=owner_of(request), file=file, **form.asked())
        logs.job_id.set(accepted.document["job_id"])
        headers = {"Location": accepted.document["status_url"]}
        if accepted.is_replayed:
            headers["Idempotency-Replayed"] = "true"
        return Response(accepted.document, status=202, headers=headers)


class JobViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, Results):
    """`/api/jobs`: the jobs of the one who asks; those of others are not there."""

    lookup_field = "job_id"
    lookup_value_regex = "[a-z0-9_]{1,120}"
    serializer_class = JobSerializer
    pagination_class = JobPages

    def get_queryset(self) -> QuerySet[Job]:
        return Job.objects.visible_to(self.request.user)

    def filter_queryset(self, queryset: QuerySet[Job, Any]) -> QuerySet[Job, Any]:
        return listed(queryset, self.request) if self.action == "list" else queryset

    def get_object(self) -> Job:
        job = self.get_queryset().filter(job_id=self.kwargs["job_id"]).first()
        if job is None:
            raise JobNotFound("There is no job with this id, or it is not yours.")
        return job

    def destroy(self, request: Request, job_id: str) -> Response:
        services.delete(self.get_object())
        return Response({"deleted": True})

    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, job_id: str) -> Response:
        return Response(JobSerializer(services.cancel(self.get_object())).data)

    @action(detail=True, methods=["post"])
    def retry(self, request: Request, job_id: str) -> Response:
        return Response(JobSerializer(services.retry(self.get_object())).data)

    @action(detail=True, methods=["post"])
    def keep(self, request: Request, job_id: str) -> Response:
        form = KeepSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        return Response(JobSerializer(services.keep(self.get_object(), form.validated_data["keep"])).data)

    @action(detail=True)
    def input(self, request: Request, job_id: str) -> HttpResponseBase:
        job = self.get_object()
        return sent(request, job, job.input, job.filename, "application/pdf")
