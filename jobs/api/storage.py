"""How much room is used, against the limits; for staff also what a clean-up would remove, and the clean-up."""

from dataclasses import asdict
from typing import Any

from rest_framework import serializers
from rest_framework.permissions import IsAdminUser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from jobs import services, storage
from jobs.limits import limits
from jobs.models import Job
from jobs.pipeline import recovery
from jobs.room import Room, held_room, room_lately


class StorageView(APIView):
    """`GET /api/storage`: what the jobs of the one who asks take, and what may be stored in all."""

    def get(self, request: Request) -> Response:
        return Response(
            {**_used(room_lately(f"of-{request.user.pk}", Job.objects.visible_to(request.user).stored())), **_allowed()}
        )


class AdminStorageView(APIView):
    """`GET /api/admin/storage`: what all jobs take, what of it may be purged, and the disk."""

    permission_classes = (IsAdminUser,)

    def get(self, request: Request) -> Response:
        return Response(
            {
                **_used(room_lately("all", Job.objects.stored())),
                **_allowed(),
                "purgeable": _used(room_lately("purgeable", Job.objects.purgeable())),
                "unpurgeable": _used(held_room()),
                "tombstones": Job.objects.filter(purged_at__isnull=False).count(),
                "disk_free_bytes": storage.free_bytes(),
                "disk_reserve_bytes": limits().free_disk_bytes,
            }
        )


class CleanupSerializer(serializers.Serializer[Any]):
    """`dry_run` only tells what would be removed."""

    dry_run = serializers.BooleanField(default=False)


class CleanupView(APIView):
    """`POST /api/admin/cleanup`: remove what the retention rules say and what belongs to no job, or tell it."""

    permission_classes = (IsAdminUser,)

    def post(self, request: Request) -> Response:
        form = CleanupSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        dry_run: bool = form.validated_data["dry_run"]
        report = services.plan() if dry_run else services.purge()
        return Response(
            {
                "dry_run": dry_run,
                "jobs": [{"job_id": due.job.job_id, "reason": due.reason, "bytes": due.bytes} for due in report.due],
                "freed_bytes": report.bytes,
                "orphans": len(recovery.orphans()) if dry_run else recovery.remove_orphans(),
            }
        )


def _used(room: Room) -> dict[str, int]:
    return {**asdict(room), "used_bytes": room.bytes}


def _allowed() -> dict[str, int]:
    return {"max_jobs": limits().stored_jobs, "max_bytes": limits().stored_bytes}
