from collections.abc import Sequence

from dashboard.cues import Window
from dashboard.models import Video
from dashboard.store import corpus, reading
from dashboard.store.corpus import StoredSegments
from dashboard.store.store import Store
from tests.support import project


def put(store: Store, windows: Sequence[Window], video_id: str = "aula-01") -> int:
    with store.write(corpus=True) as session:
        return corpus.put_segments(session, corpus.put_video(session, Video(video_id, "Aula")), windows)


def ids(store: Store, video_id: str = "aula-01") -> dict[str, int]:
    with store.read() as session:
        return {one.text: one.segment_id for one in corpus.segments_of(session, video_id)}


def test_reading_the_same_captions_again_keeps_every_segment(store: Store) -> None:
    assert put(store, project.windows()) == 4
    before = project.segment_rows(store, "aula-01")
    assert put(store, project.windows()) == 0
    assert project.segment_rows(store, "aula-01") == before


def test_segments_with_the_same_words_stay_as_many_as_they_are(store: Store) -> None:
    twice = [Window(None, None, "sim", 1), Window(None, None, "não", 1), Window(None, None, "sim", 1)]
    assert put(store, twice) == 3
    before = project.segment_rows(store, "aula-01")
    assert put(store, twice) == 0
    assert project.segment_rows(store, "aula-01") == before
    put(store, twice[:2])
    assert [row[2] for row in project.segment_rows(store, "aula-01")] == ["sim", "não"]


def test_segments_that_did_not_change_keep_their_ids_when_captions_are_replaced(store: Store) -> None:
    put(store, project.windows(["um", "dois", "três"]))
    before = ids(store)
    assert put(store, project.windows(["um", "outro", "três"])) == 1
    after = ids(store)
    assert (after["um"], after["três"]) == (before["um"], before["três"])
    assert list(after) == ["um", "outro", "três"]


def test_replaced_segments_live_on_unfindable_only_where_something_refers_to_them(store: Store) -> None:
    um, dois, tres, quatro = project.add_video(store, texts=["um", "dois", "três", "quatro"])
    project.add_answer(store, "Qual?", [dois])
    with store.read() as session:
        [question] = reading.read_answers(session, [1])
    project.grade(store, question.question.question_id, tres.segment_id, 3)
    put(store, project.windows(["um"]))
    kept = {text: active for _, _, text, active in project.segment_rows(store, "aula-01")}
    assert kept == {"um": True, "dois": False, "três": False}
    segments = StoredSegments(store)
    assert segments.keys()[0].tolist() == [um.segment_id]
    assert set(segments.segments([dois.segment_id, quatro.segment_id])) == {dois.segment_id}
    with store.read() as session:
        assert corpus.count_segments(session) == 1
        [hit] = project.answers.get_answer(session, question.answer_id).hits
    assert (hit.segment.segment_id, hit.segment.text) == (dois.segment_id, "dois")


def test_a_segment_that_comes_back_is_found_again_under_its_old_id(store: Store) -> None:
    [_, dois] = project.add_video(store, texts=["um", "dois"])
    project.add_answer(store, "Qual?", [dois])
    put(store, project.windows(["um"]))
    assert put(store, project.windows(["um", "dois"])) == 0
    assert ids(store)["dois"] == dois.segment_id


def test_ids_and_corpus_ids_of_deleted_segments_are_never_given_again(store: Store) -> None:
    first = project.add_video(store, texts=["um", "dois", "três"])
    put(store, project.windows(["um"]))
    second = project.add_video(store, "aula-02", texts=["quatro"])
    assert second[0].corpus_id == 4
    assert second[0].segment_id > max(one.segment_id for one in first)


def test_more_segments_than_a_query_can_name_can_be_replaced_and_read(store: Store) -> None:
    many = [f"segmento {number}" for number in range(2 * corpus.BATCH + 1)]
    put(store, project.windows(many))
    segments = StoredSegments(store)
    found, hashes = segments.keys()
    assert found.tolist() == sorted(found.tolist())
    assert len(hashes) == len(found) == len(many)
    assert [text for _, text in segments.texts()] == many
    assert [one for one, _ in segments.texts()] == found.tolist()
    assert len(segments.segments(found.tolist())) == len(many)
    put(store, project.windows(["só este"]))
    assert len(segments.keys()[0]) == 1


def test_a_lecture_read_again_keeps_its_segments_and_takes_the_new_title(store: Store) -> None:
    put(store, project.windows())
    before = project.segment_rows(store, "aula-01")
    with store.write() as session:
        corpus.put_video(session, Video("aula-01", "Outro título", "Other", "https://x.org", 2024, "pt"))
    with store.read() as session:
        [summary] = corpus.list_videos(session)
    assert summary.video == Video("aula-01", "Outro título", "Other", "https://x.org", 2024, "pt")
    assert (summary.segments, summary.duration_s) == (4, 120.0)
    assert project.segment_rows(store, "aula-01") == before


def test_a_document_without_times_has_no_duration(store: Store) -> None:
    put(store, [Window(None, None, "texto", 1)])
    with store.read() as session:
        assert corpus.list_videos(session)[0].duration_s is None


def test_lectures_are_paged_by_title_and_found_by_a_part_of_it(store: Store) -> None:
    for number, title in enumerate(["Redes", "Árvores", "100% prática", "Ética"]):
        project.add_video(store, f"v{number}", ["um"], title=title)
    with store.read() as session:
        everything = [one.video.title for one in corpus.list_videos(session)]
        paged = [one.video.title for page in range(4) for one in corpus.list_videos(session, page, 1)]
        assert paged == everything
        assert [one.video.title for one in corpus.list_videos(session, text="ética")] == ["Ética"]
        assert [one.video.title for one in corpus.list_videos(session, text="%")] == ["100% prática"]
        assert (corpus.count_videos(session), corpus.count_videos(session, "ÁRVORE")) == (4, 1)


def test_a_segment_without_its_own_address_has_that_of_its_lecture(store: Store) -> None:
    [segment] = project.add_video(store, texts=["um"], title="Redes", url="https://example.org/redes")
    assert (segment.title, segment.url) == ("Redes", "https://example.org/redes")


def test_the_hash_of_the_source_is_empty_until_there_is_one(store: Store) -> None:
    with store.write() as session:
        assert corpus.source_hash(session, "aula-01") == ""
        corpus.put_video(session, Video("aula-01", "Aula")).source_hash = "ab" * 32
    with store.read() as session:
        assert corpus.source_hash(session, "aula-01") == "ab" * 32


ODD_TEXTS = [
    "100% certo",
    "100 certo",
    "a_b",
    "axb",
    "a*b",
    "[ab]",
    "x[",
    "what?",
    "c/d",
    "c\\d",
    "it's",
    "^-]",
]


def titles(store: Store, text: str) -> list[str]:
    with store.read() as session:
        return [one.video.title for one in corpus.list_videos(session, text=text)]


def test_a_part_of_a_title_means_its_own_letters_and_no_pattern(store: Store) -> None:
    for one in ODD_TEXTS:
        project.add_video(store, one, ["um"], title=one)
    for one in ODD_TEXTS:
        assert titles(store, one) == [one]
        assert titles(store, one + "x") == titles(store, one + "\0") == titles(store, one + "\ud800") == []


FOUND_BY = {
    "Ética na computação": ["ética", "ÉTICA NA COMPUTAÇÃO", "taÇÃo"],
    "Água": ["água", "ÁGUA"],
    "Straße": ["straße", "STRAße"],
    "ПРИВЕТ": ["привет"],
    "Αλφα": ["ΑΛΦΑ"],
    "etica e agua": ["ETICA"],
}


def test_a_title_is_found_whatever_the_case_of_its_letters(store: Store) -> None:
    for title in FOUND_BY:
        project.add_video(store, title, ["um"], title=title)
    for title, searched in FOUND_BY.items():
        for one in searched:
            assert titles(store, one) == [title]


def test_a_lecture_is_found_by_what_is_said_in_it(store: Store) -> None:
    project.add_video(store, "a", ["bom dia", "a memória cache guarda"], title="Redes")
    project.add_video(store, "b", ["o processador"], title="A cache")
    with store.read() as session:
        found = [one.video.title for one in corpus.list_videos(session, text="cache", said=True)]
        assert found == ["A cache", "Redes"]
        assert corpus.count_videos(session, "MEMORIA cac", said=True) == 1
        assert corpus.count_videos(session, "cache") == 1
        assert [one.text for one in corpus.segments_of(session, "a", "cache")] == ["a memória cache guarda"]
    project.add_video(store, "a", ["só isto"], title="Redes")
    with store.read() as session:
        assert corpus.count_videos(session, "memória", said=True) == 0
