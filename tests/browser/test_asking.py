"""From a question to an answer with citations, and to the moment in the lecture."""

import re

from playwright.sync_api import expect

from tests.support.app import App

QUESTION = "Como o gradiente descendente escolhe o próximo passo?"


def test_a_question_gets_an_answer_with_citations_beside_its_evidence(own_app: App) -> None:
    own_app.open("ask")
    own_app.ask(QUESTION)

    expect(own_app.question(QUESTION)).to_be_visible()
    expect(own_app.citations.first).to_be_visible()
    expect(own_app.cards).to_have_count(10)
    expect(own_app.page).to_have_url(re.compile(r"[?&]answer=\d+"))

    own_app.reload()
    expect(own_app.question(QUESTION)).to_be_visible()
    expect(own_app.cards).to_have_count(10)


def test_a_card_makes_the_player_jump_and_typing_elsewhere_does_not_move_it(own_app: App) -> None:
    own_app.open("ask")
    own_app.ask(QUESTION)
    expect(own_app.page).to_have_url(re.compile(r"[?&]answer=\d+"))

    third = own_app.cards.nth(2)
    start = own_app.card_second(third)
    third.click()
    own_app.expect_player_at(start)

    own_app.player.evaluate(
        "(video, second) => { video.pause(); video.currentTime = second; video.dataset.mark = 'same'; }",
        start + 7,
    )
    own_app.question_box.fill("outra pergunta")
    own_app.question_box.press("Tab")
    own_app.sign_in("Zilda")
    expect(own_app.page).to_have_url(re.compile("who=Zilda"))
    expect(own_app.player).to_have_attribute("data-mark", "same")
    assert abs(own_app.player_second() - (start + 7)) < 1

    # The same card once more takes the player back to the start of its segment.
    own_app.cards.nth(2).click()
    own_app.expect_player_at(start)


def test_an_empty_question_is_pointed_out(app: App) -> None:
    app.open("ask")
    app.button("Ask").click()
    expect(app.text("Type a question first.")).to_be_visible()


def test_an_answer_is_sent_to_annotation_and_waits_there(own_app: App) -> None:
    own_app.open("ask")
    own_app.ask(QUESTION)
    own_app.button("Send to annotation").click()
    expect(own_app.button("In the annotation queue")).to_be_disabled()

    own_app.sign_in("Zilda")
    before = own_app.page.url
    own_app.open("annotate", who="Zilda", answer=re.search(r"answer=(\d+)", before)[1])
    expect(own_app.question(QUESTION)).to_be_visible()
