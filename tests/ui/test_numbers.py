"""Numbers, shares and moments as the reader's language writes them."""

from datetime import UTC, datetime

import pytest
from streamlit.testing.v1 import AppTest


def written(language: str) -> list[str]:
    """Return what a session in that language writes."""

    def script(name: str) -> None:
        from datetime import UTC, datetime

        import streamlit as st

        from dashboard.ui.i18n import moment, ngettext, number, percent, set_language

        set_language(name)
        texts = [
            number(1234567),
            number(0),
            number(-0.5, 2),
            number(0.8537889719009399, 3),
            percent(0.5),
            percent(0.12345, 1),
            percent(1),
            ngettext("{count} answer", "{count} answers", 1),
            ngettext("{count} answer", "{count} answers", 0),
            ngettext("{count} answer", "{count} answers", 12345),
            moment(datetime(2026, 11, 23, 12, tzinfo=UTC)),
        ]
        for text in texts:
            st.text(text)

    found = AppTest.from_function(script, args=(language,)).run()
    assert not found.exception
    return [str(text.value).replace("\N{NO-BREAK SPACE}", " ") for text in found.text]


@pytest.mark.parametrize(
    ("language", "expected", "day"),
    [
        (
            "pt-BR",
            ["1.234.567", "0", "-0,50", "0,854", "50%", "12,3%", "100%", "1 resposta", "0 resposta"]
            + ["12.345 respostas"],
            "23/11/2026",
        ),
        (
            "en",
            ["1,234,567", "0", "-0.50", "0.854", "50%", "12.3%", "100%", "1 answer", "0 answers"]
            + ["12,345 answers"],
            "11/23/26",
        ),
    ],
)
def test_numbers_are_written_as_the_language_writes_them(
    language: str, expected: list[str], day: str
) -> None:
    *texts, moment = written(language)
    assert texts == expected
    assert moment.startswith(day)
    assert datetime(2026, 11, 23, 12, tzinfo=UTC).astimezone().strftime("%M") in moment


def test_an_unknown_language_changes_nothing() -> None:
    assert written("xx") == written("pt-BR")


def test_a_day_to_come_is_short() -> None:
    def script(name: str) -> None:
        from datetime import datetime

        import streamlit as st

        from dashboard.ui.i18n import day, set_language

        set_language(name)
        today = datetime.now().astimezone()
        for then in (
            today.replace(hour=15, minute=4),
            today.replace(month=2 if today.month == 1 else 1, day=27),
            today.replace(year=today.year + 1, month=3, day=5),
        ):
            st.text(day(then))

    year = datetime.now().astimezone().year + 1
    other = "2" if datetime.now().astimezone().month == 1 else "1"
    for language, expected in (
        ("pt-BR", ["15:04", f"27/0{other}", f"03/{year}"]),
        ("en", ["3:04 PM", f"{other}/27", f"3/{year}"]),
    ):
        found = AppTest.from_function(script, args=(language,)).run()
        assert not found.exception
        assert [str(text.value).replace("\N{NARROW NO-BREAK SPACE}", " ") for text in found.text] == expected
