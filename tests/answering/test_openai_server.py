"""The test server keeps the protocol that the real client expects."""

from collections.abc import Iterator

import pytest
from openai import OpenAI

from tests.support import openai_server as fake
from tests.support.openai_server import KEY, OpenAIServer


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with OpenAIServer() as running:
        yield running


@pytest.fixture
def client(server: OpenAIServer) -> Iterator[OpenAI]:
    with OpenAI(api_key=KEY, base_url=server.base_url, max_retries=0) as opened:
        yield opened


def test_models_are_listed(client: OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["modelo-de-teste"]


def test_equal_texts_have_equal_embeddings(server: OpenAIServer, client: OpenAI) -> None:
    server.script(fake.embeddings())
    made = client.embeddings.create(model="e", input=["a", "b", "a"], encoding_format="float").data
    assert made[0].embedding == made[2].embedding != made[1].embedding


def test_a_whole_completion_carries_text_and_usage(server: OpenAIServer, client: OpenAI) -> None:
    server.script(fake.answer("Sim [1]."))
    made = client.chat.completions.create(model="m", messages=[{"role": "user", "content": "?"}])
    assert made.choices[0].message.content == "Sim [1]."
    assert made.usage is not None and made.usage.total_tokens == 137


def test_the_last_behaviour_stays_and_every_request_is_recorded(server: OpenAIServer, client: OpenAI) -> None:
    server.script(fake.answer("um"), fake.answer("dois"))
    texts = [
        client.chat.completions.create(model="m", messages=[{"role": "user", "content": "?"}])
        .choices[0]
        .message.content
        for _ in range(3)
    ]
    assert texts == ["um", "dois", "dois"]
    assert [request.path for request in server.requests] == ["/v1/chat/completions"] * 3
