"""The upload as a plain form, for browsers without scripts: read as the API's, and answered with a page."""

from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from rest_framework.request import Request
from rest_framework.views import APIView

from jobs import logs, services
from jobs.api.authentication import owner_of
from jobs.api.parsers import UploadParser
from jobs.api.problems import as_problem
from jobs.api.serializers import UploadSerializer
from jobs.errors import NoFile, Problem
from jobs.sayings import told

# The choice in the form that says: the prompt is what stands in the field below.
_OWN_PROMPT = "own"


class UploadForm(APIView):
    """`POST /upload`: each PDF becomes a job. Leads to the list, or tells which files were refused and why."""

    parser_classes = (UploadParser,)

    def post(self, request: Request) -> HttpResponse:
        files = [
            file for file in request.FILES.getlist("file") if isinstance(file, TemporaryUploadedFile) and file.name
        ]
        if not files:
            raise NoFile("Choose one PDF or several, then send the form again.")
        options = _options(request)
        taken = 0
        refused: list[tuple[str, Problem]] = []
        for file in files:
            try:
                services.submit_once(key=None, owner=owner_of(request), file=file, **options)
                taken += 1
            except Problem as problem:
                refused.append((str(file.name), problem))
        if not refused:
            return redirect("home")
        shown = {"taken": taken, "refused": refused, "request_id": logs.request_id.get()}
        return render(request._request, "jobs/refused.html", shown, status=int(refused[0][1].status))

    def handle_exception(self, exc: Exception) -> Any:
        answer = as_problem(exc, {})
        if answer is None:
            raise exc
        if answer.data["code"] == "login_required":
            return redirect_to_login(reverse("home"))
        return render(
            self.request._request, "jobs/problem.html", {"problem": told(answer.data)}, status=answer.status_code
        )

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        return response  # the pages are made already


def _options(request: Request) -> dict[str, Any]:
    """What the fields say, as `services.submit` takes it. Raises ValidationError."""
    fields: QueryDict = request.data  # type: ignore[assignment]
    prompts = [prompt for prompt in fields.getlist("prompt") if prompt not in ("", _OWN_PROMPT)]
    given = {name: value for name, value in fields.items() if value != "" and name not in ("file", "prompt")}
    form = UploadSerializer(data={**given, **({"prompt": prompts[-1]} if prompts else {})})
    form.is_valid(raise_exception=True)
    return form.asked()
