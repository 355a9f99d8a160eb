"""Sample Markdown records in the words of a lecture."""

from io import BytesIO

from dashboard.records.markdown import read_markdown, write_markdown
from dashboard.records.reading import Origin, ReadResult

SPOKEN = (
    " então a gente tem aqui  o gradiente né que aponta pra onde a função mais cresce ",
    "a regressão logística devolve uma probabilidade entre zero e um; “não é um rótulo”",
    "aí você [risos] divide os dados em treino, validação e teste  (setenta, quinze, quinze)",
)


def segment(place: int, url: str = "oculto") -> str:
    """Return one segment as the format writes it."""
    return (
        f"- *Corpus ID:* {3460 + place}\n- *Score:* {0.8537889719009399 - place / 64!r}\n- *URL:* {url}\n"
        f"- *Início:* 00:{16 + place}:28\n- *Fim:* 00:{18 + place}:09\n"
        f"- *Transcrição:* {SPOKEN[place % 3]}\n\n"
    )


def record(number: int = 12, segments: int = 10, url: str = "oculto", **verdict: str | None) -> str:
    """Return one record; a verdict line given as None is not there at all."""
    lines = {
        "**Anotação manual**:": verdict.get("label", " C"),
        "**Answer Relevance (AR)**:": verdict.get("score", " 1.00"),
        "**Anotação automatizada**:": verdict.get("judge_label", " P"),
        "**Raciocínio (AR CoT)**:": verdict.get(
            "reasoning", " Criteria: cobre a pergunta. Supporting Evidence: “gradiente”. Score: 3"
        ),
    }
    return (
        f"**Pergunta {number}**: O que é  o gradiente descendente?\n\n**Segmentos recuperados pelo E5**:\n"
        + "".join(segment(place, url) for place in range(segments))
        + "\n**Resposta gerada pelo LLM**: É um método  iterativo. Anda contra o gradiente.\n\n"
        "**Referências**:\n- [Aula 3 [parte (a)]](https://exemplo.org/v?a=(1)&t=988)\n- [Aula 4]()\n\n"
        + "".join(f"{name}{value}\n\n" for name, value in lines.items() if value is not None)
        + "\n---\n"
    )


FILE = (
    record(1)
    + record(2, label="", score=None, judge_label=" ")
    + record(3, label=None, score=" 0.33", judge_label=None, reasoning=None)
    + record(4, url="https://exemplo.org/watch?v=abc", label=" ", score="", judge_label="", reasoning="")
    + record(5, label=" I", score=" 1.0", reasoning=" ").replace("0.8537889719009399", "0.850")
    + record(6, label="", score="", judge_label="", reasoning=" só o raciocínio ficou")
)
"""Six records of ten segments, their verdicts missing in every way."""


ORIGIN = Origin("ana", "importado")


def read(text: str) -> ReadResult:
    return read_markdown(text, ORIGIN)


def written(records) -> str:
    out = BytesIO()
    write_markdown(records, out)
    return out.getvalue().decode()
