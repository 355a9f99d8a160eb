"""The retriever setting: how segments are found."""

from dataclasses import dataclass

from dashboard.errors import N_, SearchError

METHODS = ("dense", "lexical", "hybrid")


@dataclass(frozen=True, slots=True)
class RetrieverConfig:
    """A retriever, as the setting `VEREDITO_RETRIEVER` names it.

    Attributes:
        method: One of `METHODS`.
        reranker: Cross-encoder that scores the first hits again; empty for none.
    """

    method: str
    reranker: str = ""

    @property
    def dense(self) -> bool:
        """Whether vectors take part."""
        return self.method in ("dense", "hybrid")

    @property
    def lexical(self) -> bool:
        """Whether words take part."""
        return self.method in ("lexical", "hybrid")

    def __str__(self) -> str:
        return f"{self.method}+rerank:{self.reranker}" if self.reranker else self.method


def parse_retriever(setting: str) -> RetrieverConfig:
    """Return the retriever that a setting such as `hybrid+rerank:BAAI/bge-reranker-v2-m3` names.

    Raises:
        SearchError: If it names none.
    """
    method, plus, rest = setting.strip().partition("+")
    reranker = rest.removeprefix("rerank:")
    if method not in METHODS or (plus and (reranker == rest or not reranker)):
        raise SearchError(
            N_(
                "The retriever {found} is not known. Use dense, lexical or hybrid, "
                "each with +rerank:<cross-encoder> where wanted."
            ),
            found=repr(setting),
        )
    return RetrieverConfig(method, reranker)
