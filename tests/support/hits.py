"""Segments and hits for the tests of answers and judgements."""

import hashlib

from dashboard.models import Hit, Segment


def hit(
    text: str = "A atenção pesa as palavras.",
    rank: int = 1,
    title: str = "Atenção",
    url: str = "https://youtu.be/eMlx5fFNoYc",
    start: float | None = 988.7,
    hidden: bool = False,
) -> Hit:
    segment = Segment(
        rank, 3460 + rank, "v", title, url, start, 1149.0, text, hashlib.sha256(text.encode()).hexdigest()
    )
    return Hit(rank, segment, 0.85, url_hidden=hidden)


def hits(*texts: str) -> list[Hit]:
    return [hit(text, rank) for rank, text in enumerate(texts, start=1)]
