import pytest
from streamlit.runtime.scriptrunner import RerunException
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData

from dashboard.ui.actions import guarded


def test_an_action_that_another_request_cuts_short_is_done_to_its_end_before_that_request() -> None:
    done: list[str] = []

    def action(name: str) -> None:
        done.append(f"{name} stored")
        if len(done) == 1:
            raise RerunException(RerunData(query_string="second press"))
        done.append(f"{name} gone on")

    with pytest.raises(RerunException) as request:
        guarded(action)("label")

    assert done == ["label stored", "label stored", "label gone on"]
    assert request.value.rerun_data.query_string == "second press"
