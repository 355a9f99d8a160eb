"""A question bank that a person brings, and a run of it that is stopped and goes on."""

from playwright.sync_api import expect

from tests.support.app import App

BANK = "number;text;tags;reference_answer\n" + "".join(
    f"{900 + place};O que é o tema {place} das aulas?;lote;=1+{place}\n" for place in range(300)
)


def test_a_bank_is_taken_in_and_its_run_is_stopped_and_continued(own_app: App) -> None:
    own_app.open("questions", part="import")
    bad = {"name": "ruim.csv", "mimeType": "text/csv", "buffer": b"number,text\nx,O que?\n"}
    own_app.main.locator("input[type=file]").set_input_files(bad)
    expect(own_app.alerts).to_contain_text("ruim.csv, linha 2")
    expect(own_app.alerts, "the server's folders are told to nobody").not_to_contain_text("/")
    expect(own_app.button("Store these questions")).to_have_count(0)
    own_app.open("questions", part="import")
    box = own_app.main.locator("input[type=file]")
    box.set_input_files({"name": "banco.csv", "mimeType": "text/csv", "buffer": BANK.encode()})
    expect(own_app.main.get_by_text("banco.csv").first).to_be_visible()
    own_app.button("Store these questions").click()
    expect(own_app.text("Stored: {new} new, {changed} changed.", new=300, changed=0)).to_be_visible()

    own_app.open("questions", tag="lote")
    expect(own_app.main.locator("[class*='st-key-open-question-']")).to_have_count(20)
    own_app.main.locator(".st-key-questions-answer button").click()
    own_app.main.locator(".st-key-questions-run button").click()
    own_app.button("Stop").click()
    expect(own_app.button("Continue")).to_be_visible(timeout=30_000)
    expect(own_app.button("Stop")).to_have_count(0)
    own_app.button("Continue").click()
    expect(own_app.button("Stop")).to_be_visible()
    assert own_app.watch.problems == []
