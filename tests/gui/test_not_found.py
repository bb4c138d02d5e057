from django.contrib.auth.models import User
from django.test import Client
from pytest_django import DjangoAssertNumQueries


def test_it_says_so_on_a_page(client: Client) -> None:
    answer = client.get("/nowhere")
    assert answer.status_code == 404
    assert answer["Content-Type"].startswith("text/html")
    assert b"There is nothing at this address" in answer.content
    assert b'href="/"' in answer.content


def test_it_names_the_code_and_the_request(client: Client) -> None:
    answer = client.get("/nowhere", headers={"X-Request-ID": "request-7"})
    assert b"<code>not_found</code>" in answer.content
    assert b"<code>request-7</code>" in answer.content


def test_it_does_not_repeat_the_address(client: Client) -> None:
    assert b"alert" not in client.get("/<script>alert(1)</script>").content


def test_it_answers_the_api_with_a_problem(client: Client) -> None:
    answer = client.get("/api/nowhere")
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "not_found"


def test_it_does_not_need_the_database(
    client: Client, alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(alice)
    with django_assert_num_queries(0):
        client.get("/nowhere")
