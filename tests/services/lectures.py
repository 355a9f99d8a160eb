"""A few short lectures as a person would have them on disk, and what a project made of them."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from dashboard.models import Segment
from dashboard.services.ingest import IngestReport, ingest
from dashboard.services.project import Project
from dashboard.store import corpus

WINDOWS = {"window_tokens": 40, "overlap_tokens": 0}
"""Windows so small that a lecture of a minute has several segments."""

CACHE = (
    "A memória cache guarda perto do processador o que ele usou há pouco tempo.",
    "Ela é pequena e rápida porque é feita de memória estática, que custa mais caro.",
    "Quando o dado não está na cache acontece uma falta e a memória principal é lida.",
    "A taxa de acerto diz qual parte dos acessos foi atendida pela cache.",
)
INDEX = (
    "O índice invertido guarda para cada palavra a lista dos documentos em que ela aparece.",
    "Uma busca por duas palavras cruza as duas listas e fica com o que está em ambas.",
    "O peso de uma palavra rara é maior do que o de uma palavra que aparece em todo lugar.",
    "A frequência do termo no documento também conta para a ordem dos resultados.",
)
GRADIENT = (
    "O gradiente aponta para onde a função cresce mais depressa.",
    "O método do gradiente descendente anda um passo pequeno no sentido contrário.",
    "Com um passo grande demais o método pula o mínimo e pode nunca chegar.",
    "Com um passo pequeno demais ele demora muito para convergir.",
)
LECTURES: dict[str, tuple[str, Sequence[str]]] = {
    "cache": ("Memória cache", CACHE),
    "indice": ("Índice invertido", INDEX),
    "gradiente": ("Gradiente descendente", GRADIENT),
}


def srt(sentences: Sequence[str], seconds: int = 6) -> str:
    """Return sentences as captions that follow each other."""
    return "\n".join(
        f"{place + 1}\n{_clock(place * seconds)} --> {_clock((place + 1) * seconds)}\n{sentence}\n"
        for place, sentence in enumerate(sentences)
    )


def _clock(second: int) -> str:
    return f"{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d},000"


def write_lectures(
    folder: Path, lectures: Mapping[str, tuple[str, Sequence[str]]] = LECTURES, language: str = "pt-BR"
) -> Path:
    """Write captions and their `videos.csv`, and return the folder."""
    (folder / "legendas").mkdir(parents=True, exist_ok=True)
    rows = ["video_id,title,url,language,captions"]
    for video_id, (title, sentences) in lectures.items():
        (folder / "legendas" / f"{video_id}.srt").write_text(srt(sentences), encoding="utf-8")
        rows.append(f"{video_id},{title},https://example.org/{video_id},{language},legendas/{video_id}.srt")
    (folder / "videos.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return folder


def take_in(project: Project, *paths: Path) -> IngestReport:
    return ingest(project, paths, **WINDOWS)


def segments(project: Project) -> dict[str, list[Segment]]:
    """Return the segments that can be found, by lecture."""
    with project.store.read() as session:
        videos = corpus.list_videos(session, limit=1000)
        return {one.video.video_id: corpus.segments_of(session, one.video.video_id) for one in videos}


def videos(project: Project) -> list[corpus.VideoSummary]:
    with project.store.read() as session:
        return corpus.list_videos(session)


def all_segments(project: Project) -> list[Segment]:
    return [segment for found in segments(project).values() for segment in found]


def hashes(project: Project) -> list[str]:
    return [segment.content_hash for segment in all_segments(project)]
