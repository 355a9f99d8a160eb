import hashlib
from collections.abc import Iterator, Sequence

import numpy as np

from dashboard.models import Segment

LECTURE = {
    3: "O gradiente descendente atualiza os pesos na direção oposta ao gradiente da função de custo.",
    7: "A regressão logística estima a probabilidade de uma classe com a função sigmoide.",
    8: "Na regressão linear minimizamos a soma dos quadrados dos resíduos.",
    12: "O bolo de cenoura leva três ovos, farinha e cobertura de chocolate.",
    15: "As variáveis categóricas são codificadas antes do treinamento do modelo.",
    20: "O time marcou dois gols no segundo tempo e venceu o campeonato.",
}


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


class Corpus:
    """Segments in memory behind the protocol that the database implements."""

    def __init__(self, texts: dict[int, str]) -> None:
        self.rows = dict(texts)

    def corpus_version(self) -> str:
        return sha(repr(sorted(self.rows.items())))

    def keys(self) -> tuple[np.ndarray, list[str]]:
        ids = sorted(self.rows)
        return np.array(ids, dtype=np.int64), [sha(self.rows[number]) for number in ids]

    def texts(self) -> Iterator[tuple[int, str]]:
        yield from sorted(self.rows.items())

    def segments(self, ids: Sequence[int]) -> dict[int, Segment]:
        return {
            number: Segment(
                number, number, "v", "Aula", "", 0.0, 1.0, self.rows[number], sha(self.rows[number])
            )
            for number in ids
            if number in self.rows
        }


def unit_rows(count: int, dimension: int = 16, seed: int = 0) -> np.ndarray:
    rows = np.random.default_rng(seed).normal(size=(count, dimension)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)
