"""The addresses of webhooks and of the log of what was sent to them."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from jobs import services
from jobs.api.paging import Pages
from jobs.errors import DeliveryNotFound, WebhookNotFound
from jobs.limits import URL_CHARACTERS
from jobs.models import CallbackKey, WebhookDelivery, WebhookEndpoint, WebhookEvent
from jobs.models.webhook import every_event
from jobs.webhooks.sending import callback_key


class WebhookForm(serializers.Serializer[Any]):
    """What a webhook is made of; without `events` it hears of all."""

    url = serializers.CharField(max_length=URL_CHARACTERS)
    events = serializers.ListField(
        child=serializers.ChoiceField(choices=WebhookEvent.choices), allow_empty=False, default=every_event
    )
    enabled = serializers.BooleanField(default=True)

    def validate_events(self, value: list[str]) -> list[str]:
        return [event for event in WebhookEvent.values if event in value]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        unknown = sorted(set(self.initial_data) - set(self.fields) - {"csrfmiddlewaretoken"})
        if unknown:
            known = ", ".join(self.fields)
            raise serializers.ValidationError(
                {name[:40]: f"A webhook does not have this; it has: {known}." for name in unknown[:5]}
            )
        return attrs


class WebhookSerializer(serializers.ModelSerializer[WebhookEndpoint]):
    """A webhook as it is shown, without its secret."""

    class Meta:
        model = WebhookEndpoint
        fields = ("id", "url", "events", "enabled", "disabled_reason", "failing_since", "created_at")


class DeliverySerializer(serializers.ModelSerializer[WebhookDelivery]):
    """A line of the log: what was told of which job, and what came of the last attempt."""

    id = serializers.CharField(source="message_id")
    webhook_id = serializers.IntegerField(source="endpoint_id", allow_null=True)
    job_id = serializers.CharField(source="about")
    next_attempt_at = serializers.SerializerMethodField()

    class Meta:
        model = WebhookDelivery
        fields = (
            "id",
            "webhook_id",
            "url",
            "event",
            "job_id",
            "status",
            "attempts",
            "answer_status",
            "seconds",
            "reason",
            "tries",
            "created_at",
            "next_attempt_at",
            "finished_at",
        )

    def get_next_attempt_at(self, delivery: WebhookDelivery) -> str | None:
        waits = delivery.status == WebhookDelivery.Status.PENDING
        found: str | None = serializers.DateTimeField().to_representation(delivery.due_at) if waits else None
        return found


class DeliveryPages(Pages):
    """The newest first."""

    def get_paginated_response(self, data: Any) -> Response:
        return Response(
            {
                "deliveries": data,
                "count": self.page.paginator.count if self.page else 0,
                "next": self.get_next_link(),
                "previous": self.get_previous_link(),
            }
        )


class WebhookViewSet(viewsets.GenericViewSet[WebhookEndpoint]):
    """`/api/webhooks`: the standing webhooks of the one who asks; those of others are not there."""

    lookup_value_regex = "[0-9]{1,18}"
    serializer_class = WebhookSerializer
    pagination_class = None

    def get_queryset(self) -> QuerySet[WebhookEndpoint]:
        return WebhookEndpoint.objects.visible_to(self.request.user)

    def get_object(self) -> WebhookEndpoint:
        endpoint = self.get_queryset().filter(pk=self.kwargs["pk"]).first()
        if endpoint is None:
            raise WebhookNotFound("There is no webhook with this id, or it is not yours.")
        return endpoint

    def list(self, request: Request) -> Response:
        return Response({"webhooks": WebhookSerializer(self.get_queryset(), many=True).data})

    def create(self, request: Request) -> Response:
        form = WebhookForm(data=request.data)
        form.is_valid(raise_exception=True)
        owner = request.user if request.user.is_authenticated else None
        return Response(_with_secret(services.add_webhook(owner, **form.validated_data)), status=201)

    def retrieve(self, request: Request, pk: str) -> Response:
        return Response(WebhookSerializer(self.get_object()).data)

    def partial_update(self, request: Request, pk: str) -> Response:
        endpoint = self.get_object()
        form = WebhookForm(data=request.data, partial=True)
        form.is_valid(raise_exception=True)
        return Response(WebhookSerializer(services.change_webhook(endpoint, **form.validated_data)).data)

    def destroy(self, request: Request, pk: str) -> Response:
        services.remove_webhook(self.get_object())
        return Response({"deleted": True})

    @action(detail=True, methods=["post"])
    def rotate(self, request: Request, pk: str) -> Response:
        return Response(_with_secret(services.rotate_secret(self.get_object())))

    @action(detail=True, methods=["post"])
    def test(self, request: Request, pk: str) -> Response:
        return Response(DeliverySerializer(services.send_test(self.get_object())).data, status=202)

    @action(detail=True)
    def deliveries(self, request: Request, pk: str) -> Response:
        pages = DeliveryPages()
        rows = pages.paginate_queryset(self.get_object().deliveries.all(), request, self)
        return pages.get_paginated_response(DeliverySerializer(rows, many=True).data)


class DeliveryViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[WebhookDelivery]):
    """`/api/deliveries`: all that was or will be told to the one who asks, callbacks of single jobs included."""

    lookup_field = "delivery_id"
    lookup_value_regex = "msg_[0-9a-f]{32}"
    serializer_class = DeliverySerializer
    pagination_class = DeliveryPages

    def get_queryset(self) -> QuerySet[WebhookDelivery]:
        return WebhookDelivery.objects.visible_to(self.request.user).select_related("endpoint")

    def filter_queryset(self, queryset: QuerySet[WebhookDelivery, Any]) -> QuerySet[WebhookDelivery, Any]:
        about = self.request.query_params.get("job_id", "").replace("\0", "")
        return queryset.filter(about=about) if about else queryset

    def get_object(self) -> WebhookDelivery:
        delivery = self.get_queryset().filter(message_id=self.kwargs["delivery_id"]).first()
        if delivery is None:
            raise DeliveryNotFound("There is no delivery with this id, or it is not yours.")
        return delivery

    @action(detail=True, methods=["post"])
    def resend(self, request: Request, delivery_id: str) -> Response:
        return Response(DeliverySerializer(services.resend(self.get_object())).data, status=202)


class CallbackSecretView(APIView):
    """`/api/webhooks/callback-secret`: signs what is sent to the `callback_url` of one's jobs. POST makes a new one."""

    def get(self, request: Request) -> Response:
        return Response({"secret": self._key(request).secret})

    def post(self, request: Request) -> Response:
        key = self._key(request)
        key.rotate()
        return Response({"secret": key.secret})

    @staticmethod
    def _key(request: Request) -> CallbackKey:
        return callback_key(request.user.pk)


def _with_secret(endpoint: WebhookEndpoint) -> dict[str, Any]:
    """The document with the secret: only where it was just made."""
    return {**WebhookSerializer(endpoint).data, "secret": endpoint.secret}
