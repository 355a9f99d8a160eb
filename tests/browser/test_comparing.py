"""Two runs compared in a real browser: a question that got worse, where its ranks went, and both answers."""

import re
from pathlib import Path

from playwright.sync_api import expect

from dashboard.config import Settings
from dashboard.models import RunConfig
from dashboard.services.answer_pairs import answers_of_run, read_answers
from dashboard.services.project import open_project
from tests.support import project as made
from tests.support.app import App

HYBRID = RunConfig(retriever="hybrid", encoder="", k=10, answerer="extractive")
TEXT = "Uma resposta bem diferente, de outra execução."


def turn_rankings_round(folder: Path) -> tuple[int, str]:
    """Store a run that answers the first run's second question from the same segments, the worst first."""
    project = open_project(Settings(data_dir=folder))
    answered = answers_of_run(project, 1)
    (answer,) = read_answers(project, [answered[sorted(answered)[1]]])
    run_id = made.add_run(project.store, HYBRID, "de trás para a frente")
    segments = [hit.segment for hit in answer.hits][::-1]
    made.add_answer(project.store, answer.question.text, segments, text=TEXT, run_id=run_id)
    project.close()
    return run_id, answer.question.text


def test_a_question_that_got_worse_shows_its_rank_changes_and_both_answers(
    own_project: Path, own_app: App
) -> None:
    run_id, question = turn_rankings_round(own_project)
    own_app.open("retrieval", part="compare", truth="people", rankers=f"run-1,run-{run_id}")
    page = own_app.page
    expect(page.get_by_text("melhor em 0, pior em 1")).to_be_visible()

    page.get_by_role("button", name=question).click()

    expect(page).to_have_url(re.compile(r"[?&]question=\d+"))
    chart = page.locator(".js-plotly-plot").last
    expect(chart.get_by_text(re.compile(r"^1 · 3$")).first).to_be_visible()
    expect(chart.get_by_text(re.compile(r"^10 · 3$")).first).to_be_visible()
    expect(page.get_by_text("Encontrados pelos dois")).to_be_visible()
    expect(page.locator("strong", has_text="bem diferente").first).to_be_visible()
    expect(page.locator("del, s").first).to_be_visible()

    page.get_by_role("button", name="Voltar à lista").click()
    expect(page.get_by_role("button", name=question)).to_be_visible()
    assert own_app.watch.problems == []
