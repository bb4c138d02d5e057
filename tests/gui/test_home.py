import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings


def test_it_shows_upload_and_list(client: Client, alice: User) -> None:
    client.force_login(alice)
    answer = client.get("/")
    assert answer.status_code == 200
    assert b'type="file" id="files" multiple' in answer.content
    assert b'id="jobs"' in answer.content


def test_it_shows_the_limits(client: Client, alice: User, settings: Settings) -> None:
    settings.MAX_UPLOAD_MB = 7
    settings.MAX_PAGES = 321
    client.force_login(alice)
    page = client.get("/").content.decode()
    assert f'data-upload-bytes="{7 * 1024 * 1024}"' in page
    assert "At most 7.0\xa0MB and 321 pages each." in page


def test_it_offers_the_vision_model_where_there_is_one(client: Client, alice: User, settings: Settings) -> None:
    client.force_login(alice)
    assert b"vision" not in client.get("/").content
    settings.VISION_BASE_URL, settings.VISION_MODEL = "http://127.0.0.1:9/v1", "reader-1"
    settings.VISION_API_KEY = "sk-very-secret"
    page = client.get("/").content.decode()
    assert '<option value="vision">vision: read by the model reader-1</option>' in page
    assert 'name="prompt"' in page
    assert "secret" not in page
    assert "127.0.0.1:9" not in page


def test_it_sends_strangers_to_the_login(client: Client) -> None:
    answer = client.get("/?page=2")
    assert answer.status_code == 302
    assert answer["Location"] == "/login?next=/%3Fpage%3D2"


def test_it_is_open_where_no_login_is_asked_for(client: Client, settings: Settings) -> None:
    settings.REQUIRE_LOGIN = False
    assert client.get("/").status_code == 200


def test_it_gives_the_token_that_the_api_asks_for(client: Client, alice: User) -> None:
    client.force_login(alice)
    client.get("/")
    assert client.cookies["csrftoken"].value


def test_it_leaves_the_list_to_the_api(
    client: Client, alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(alice)
    with django_assert_num_queries(2):  # session and user
        client.get("/")


@pytest.mark.parametrize(("name", "sees"), [("alice", False), ("bob", True)])
def test_it_shows_the_admin_link_to_staff(client: Client, alice: User, bob: User, name: str, sees: bool) -> None:
    client.force_login(User.objects.get(username=name))
    assert (b'href="/admin/"' in client.get("/").content) is sees


def test_it_offers_to_log_out(client: Client, alice: User) -> None:
    client.force_login(alice)
    assert b'<form method="post" action="/logout">' in client.get("/").content
