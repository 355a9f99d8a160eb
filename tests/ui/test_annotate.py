"""The desk of a campaign: leases that run out, repeats that look new, versions of the guidelines."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.campaigns import NewCampaign, Order
from dashboard.config import Settings
from dashboard.services import desk as desks
from dashboard.services.campaigns import change_guidelines, create_campaign
from dashboard.services.project import Project
from dashboard.store import annotations, turns
from dashboard.store.base import now
from dashboard.store.store import Store
from tests.support import project as made
from tests.support.screen import button, errors, read

Visit = Callable[..., AppTest]
HELD = "Outras pessoas estão trabalhando em tudo o que falta."
FINISHED = "Você rotulou tudo o que esperava por você."


@pytest.fixture
def project(own_store: Store, tmp_path: Path) -> Project:
    """The project that the app shows."""
    return Project(Settings(data_dir=tmp_path / "data"), own_store)


def campaign(project: Project, answers: int, **rules: object) -> int:
    """Make a campaign whose answers come by question number."""
    ids = made.a_project(project.store, answers).answer_ids
    new = NewCampaign("piloto", **{"order": Order.QUESTION, **rules})  # type: ignore[arg-type]
    return create_campaign(project, new, "Zilda", answer_ids=ids)


def said(project: Project) -> list[tuple[int, bool, int | None]]:
    """Return answer, whether it was a repeat, and the guidelines' version of all that was said."""
    with project.store.read() as session:
        events = list(annotations.events_of_campaign(session, "piloto"))
    return [(answer_id, one.is_repeat, one.guideline_version) for answer_id, one in events]


def test_an_answer_goes_to_somebody_else_when_its_lease_has_run_out(
    visit: Visit, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = campaign(project, 1)
    assert "Pergunta número 1?" in read(visit("annotate", who="Ana", campaign=key))
    waiting = visit("annotate", who="Bia", campaign=key)
    assert HELD in read(waiting) and "Pergunta número 1?" not in read(waiting)

    moment = now() + turns.LEASE + timedelta(seconds=1)
    monkeypatch.setattr(desks, "now", lambda: moment)
    assert "Pergunta número 1?" in read(visit("annotate", who="Bia", campaign=key))
    assert HELD in read(visit("annotate", who="Ana", campaign=key))


def test_a_hidden_repeat_is_drawn_like_any_other_answer(visit: Visit, project: Project) -> None:
    key = campaign(project, 2, repeat_share=0.5)
    app = visit("annotate", who="Ana", campaign=key)
    for _ in range(2):
        button(app, "Correta").click().run()
    assert errors(app) == []
    assert FINISHED not in read(app)
    assert [one.proto.type for one in app.button if one.label.endswith("Correta")] == ["secondary"]
    button(app, "Parcial").click().run()
    assert FINISHED in read(app)
    first, second, again = said(project)
    assert not first[1] and not second[1] and again[1]
    assert again[0] in (first[0], second[0])


def test_each_label_is_stored_with_the_version_of_the_guidelines_on_its_page(
    visit: Visit, project: Project
) -> None:
    key = campaign(project, 3, guidelines="um")
    app = visit("annotate", who="Ana", campaign=key)
    button(app, "Correta").click().run()
    change_guidelines(project, key, "dois", "Zilda")
    # The answer that lies before Ana was drawn under the first version.
    button(app, "Correta").click().run()
    button(app, "Correta").click().run()
    assert [version for _, _, version in said(project)] == [1, 1, 2]


def test_a_closed_campaign_is_not_offered_any_more(visit: Visit, project: Project) -> None:
    from dashboard.services.campaigns import set_closed

    key = campaign(project, 1)
    set_closed(project, key, True)
    app = visit("annotate", who="Ana", campaign=key)
    assert errors(app) == []
    assert "campaign" not in app.query_params
