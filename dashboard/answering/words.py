"""The words of a Portuguese text as they are compared: stems without accents, with their places."""

import re
import threading
import unicodedata
from functools import lru_cache
from typing import NamedTuple

import Stemmer

# Marks that combine with the letter before them, so that "é" counts as one letter however it is stored.
_WORD = re.compile(r"[^\W_](?:[^\W_]|[\u0300-\u036f])*")

_STOPWORDS = frozenset(
    """
    a à agora ai ainda algo algum alguma alguns ali ao aos apenas aquela aquele aquilo aqui as às assim até
    bem cada coisa coisas com como da daquele das de dela dele deles depois desse dessa deste desta disso do
    dos e é ela elas ele eles em entao entre era eram essa essas esse esses esta está estão estar estas
    estava este estes eu existe existem explica explicar explique faz fazer fazem foi for foram havia há
    isso isto ja la lhe mais mas me mesmo meu meus minha muito muita muitas muitos na nada não nas nem nesse
    nesta neste no nos nós nossa nosso num numa o onde ou para pela pelas pelo pelos pode podem poder por
    porque porquê posso pois pra primeiro qual quais qualquer quando quanto quantos quantas que quê quem são
    se segundo seja sem sempre ser será seu seus si sido sob sobre só sua suas também tal te tem têm temos
    ter teu tipo toda todas todo todos tu tudo um uma umas uns vai vamos vão você vocês vez vídeo video aula
    palestra significa significam serve dizer diz quer descreva descrever defina definir diferença funciona
    the a an and are as at be by can do does for from how in is it of on or that this to was what when where
    which who why with
    """.split()
)


class Word(NamedTuple):
    """A word's comparable form and its place in the original text, in characters, end exclusive."""

    stem: str
    start: int
    end: int


def content_words(text: str) -> list[Word]:
    """Return the words of a text that carry meaning, in order; stopwords are left out."""
    found = []
    for match in _WORD.finditer(text):
        stem = _stem(match.group())
        if stem:
            found.append(Word(stem, match.start(), match.end()))
    return found


def stems(text: str) -> frozenset[str]:
    """Return the distinct comparable forms of a text's words."""
    return frozenset(word.stem for word in content_words(text))


def folded(text: str) -> str:
    """Return a text in lower case without accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


_FOLDED_STOPWORDS = frozenset(map(folded, _STOPWORDS))
_stemmer = Stemmer.Stemmer("portuguese")
_stemmer_lock = threading.Lock()  # PyStemmer objects are not re-entrant.


@lru_cache(maxsize=65_536)
def _stem(word: str) -> str:
    plain = folded(word)
    if plain in _FOLDED_STOPWORDS:
        return ""
    singular = _singular(plain)
    # The Snowball rules know the ending only with its accents: "função", and "funcao" as people type it.
    accented = singular[:-3] + "ção" if singular.endswith("cao") and len(singular) > 4 else singular
    with _stemmer_lock:
        return folded(_stemmer.stemWord(accented))


def _singular(word: str) -> str:
    """Undo the plurals that the Snowball stemmer keeps apart: funções, neurais, possíveis, imagens."""
    if len(word) > 4:
        for plural, singular in (("oes", "ao"), ("ais", "al"), ("eis", "el"), ("ens", "em")):
            if word.endswith(plural):
                return word[: -len(plural)] + singular
    return word
