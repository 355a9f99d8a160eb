"""Portuguese words as search terms: without accents, without inflection, the same for query and text."""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+")

_STOPWORDS = frozenset(
    """
    a o as os um uma uns umas de do da dos das dum duma em no na nos nas num numa por pelo pela pelos pelas
    para pra pro com sem sob sobre entre ate apos ante desde contra e ou mas nem se que quem qual quais quando
    onde como porque pois porem entao assim tambem ja so nao sim mais menos muito muita muitos muitas
    eu tu ele ela nos vos eles elas voce voces me te lhe lhes meu minha meus minhas teu tua teus tuas seu sua
    seus suas nosso nossa nossos nossas este esta estes estas esse essa esses essas aquele aquela aqueles
    aquelas isto isso aquilo ao aos dele dela deles delas deste desta disso nesse nessa neste nesta nisso
    ser sou es e somos sao era eram fui foi foram seja sejam fosse sendo sido estar estou esta estamos estao
    estava estavam esteve esteja ter tenho tem temos tinha tinham teve tenha ter ha haver havia houve
    vai vou vamos vao ir aqui ai ali la ca ne ta entao gente
    """.split()
)
"""Function words and fillers of speech, without accents: they say nothing about a lecture's subject."""

_ENDINGS = (
    (re.compile(r"(?<=\w)(?:oes|aes|aos|ao)$"), "ão"),
    (re.compile(r"cão$"), "ção"),
    (re.compile(r"(?<=\w)ave(?:l|is)$"), "ável"),
    (re.compile(r"(?<=\w)ive(?:l|is)$"), "ível"),
    (re.compile(r"(?<=\w\w\w)ais$"), "al"),
    (re.compile(r"ancia(s?)$"), r"ância\1"),
    (re.compile(r"encia(s?)$"), r"ência\1"),
    (re.compile(r"^(max|min|ot|prox)imos$"), r"\1imo"),
)
"""Endings without accents and what they stand for; plurals that the stemmer does not know become singular."""


def fold(text: str) -> str:
    """Return text in lower case without accents, so that `regressao` and `Regressão` are one word."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(part for part in parts if not unicodedata.combining(part))


def analyser() -> Callable[[str], list[str]]:
    """Return a function that gives the search terms of a text, in order; safe to share between threads.

    The Snowball stemmer finds Portuguese suffixes by their accents, which hurried questions lack. Accents
    are therefore removed first and put back where an ending calls for one (-ção, -ável, -ência).
    """
    import Stemmer

    @lru_cache(maxsize=200_000)
    def term(word: str) -> str:
        # A stemmer keeps state while it works, so each word that is new gets its own.
        return fold(Stemmer.Stemmer("portuguese", 0).stemWord(_restored(word)))

    def terms(text: str) -> list[str]:
        words = _WORD.findall(fold(text))
        return [term(word) for word in words if word not in _STOPWORDS]

    return terms


def _restored(word: str) -> str:
    for pattern, replacement in _ENDINGS:
        word = pattern.sub(replacement, word)
    return word
