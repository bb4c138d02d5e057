"""For load balancers and people on call: does the process answer, and can it do its work?"""

from django.db import DatabaseError, connection
from rest_framework.decorators import api_view, authentication_classes, permission_classes
from rest_framework.request import Request
from rest_framework.response import Response

from jobs import storage


@api_view(["GET"])
@authentication_classes([])
@permission_classes([])
def live(request: Request) -> Response:
    """The process answers."""
    return Response({"status": "ok"})


@api_view(["GET"])
@authentication_classes([])
@permission_classes([])
def ready(request: Request) -> Response:
    """Database and storage answer: 200, else 503. Never says what only an operator may know."""
    checks = {"database": _database(), "storage": storage.is_writable()}
    good = all(checks.values())
    named = {name: "ok" if fine else "failing" for name, fine in checks.items()}
    return Response({"status": "ok" if good else "failing", "checks": named}, status=200 if good else 503)


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return cursor.fetchone() is not None
    except DatabaseError:
        return False
