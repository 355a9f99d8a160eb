import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.answering.moments import moment_url
from dashboard.web_address import is_web_address


@pytest.mark.parametrize(
    ("url", "moment"),
    [
        ("https://youtu.be/abc", "https://youtu.be/abc?t=988s"),
        ("https://youtu.be/abc?si=x%20y&t=5", "https://youtu.be/abc?si=x%20y&t=988s"),
        ("https://www.youtube.com/watch?v=abc", "https://www.youtube.com/watch?v=abc&t=988s"),
        ("https://m.youtube.com/watch?t=1m&v=abc&list=z", "https://m.youtube.com/watch?v=abc&list=z&t=988s"),
        ("https://youtube.com/watch?v=abc&start=3#t=4", "https://youtube.com/watch?v=abc&t=988s"),
        (
            "https://www.youtube-nocookie.com/embed/abc?start=1",
            "https://www.youtube-nocookie.com/embed/abc?start=988",
        ),
        ("https://aulas.br/1.mp4", "https://aulas.br/1.mp4#t=988"),
        ("http://aulas.br/1.mp4?t=3#t=5", "http://aulas.br/1.mp4?t=3#t=988"),
        ("https://aulas.br/#/aula/1", "https://aulas.br/#/aula/1"),
        ("https://notyoutube.com/watch?v=a", "https://notyoutube.com/watch?v=a#t=988"),
        (" https://youtu.be/abc ", "https://youtu.be/abc?t=988s"),
    ],
)
def test_a_link_opens_the_video_at_the_second(url: str, moment: str) -> None:
    assert moment_url(url, 988.9) == moment


@pytest.mark.parametrize("seconds", [None, -1.0, float("nan"), float("inf")])
def test_without_a_known_second_the_link_stays_as_it_is(seconds: float | None) -> None:
    assert moment_url("https://youtu.be/abc?t=5", seconds) == "https://youtu.be/abc?t=5"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "oculto",
        "javascript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,x",
        "ftp://a.br/x",
        "//a.br/x",
        "https://",
        "https://youtube.com@evil.com/x",
        "https://user:pw@a.br/x",
        "https://good.br\\@evil.com",
        "https://a.br/x y",
        "https://a.br/\x00",
        "https://a.br/\u202egpj",
        "https://a.br:porta/",
        "https://[::1/",
    ],
)
def test_an_unsafe_address_gives_no_link(url: str) -> None:
    assert not is_web_address(url)
    assert moment_url(url, 3) == ""


@given(st.text(), st.floats(0, 1e7))
def test_whatever_the_address_the_result_is_a_safe_link_or_empty(url: str, seconds: float) -> None:
    for given_url in (url, f"https://{url}", f"https://youtu.be/{url}"):
        moment = moment_url(given_url, seconds)
        assert moment == "" or is_web_address(moment)
        assert moment_url(moment, seconds) == moment
