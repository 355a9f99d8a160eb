"""Dumps of judgements as the tools themselves write them, cut down to what matters.

The Inspect AI log is of 0.3.285 (`inspect log dump`), the table of TruLens of 2.16 with and without OTel.
"""

import csv
import io
import json
import struct
import zipfile
import zlib
from typing import Any

import pyarrow as pa

CACHE = "O que a memória cache guarda?"
INDEX = "O que é um índice invertido?"
PAGING = "E a paginação?"
REASONING = "Criteria: cobre a pergunta\nSupporting Evidence: “a cache”, e o aluno disse 'ok'\nScore: 3"

PLAIN = {
    "question": CACHE,
    "answer": "O que o processador usou há pouco.",
    "judge": "relevância",
    "model": "gpt-4o",
    "rubric": "answer-relevance",
    "prompt_version": "3",
    "raw_score": 3,
    "score": 1.0,
    "label": "C",
    "reasoning": REASONING,
    "created_at": "2026-03-01T12:00:00+00:00",
}


def lines(*rows: Any) -> str:
    """Return rows as JSON lines, NaN as Python writes it."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def table(*rows: dict[str, Any], delimiter: str = ",") -> str:
    """Return rows as CSV, lists as Python prints them."""
    out = io.StringIO()
    writer = csv.DictWriter(
        out, list(dict.fromkeys(name for row in rows for name in row)), delimiter=delimiter
    )
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def _graded(value: object, text: str, **more: object) -> dict[str, Any]:
    grading = [
        {"id": "a", "content": "[Task]: …", "role": "user"},
        {"id": "b", "content": text, "source": "generate", "role": "assistant", "model": "grader-2026-01-01"},
    ]
    return {"value": value, "explanation": text, "metadata": {"grading": grading}, "history": [], **more}


def sample(number: int | str, said: object, answer: str, **scores: object) -> dict[str, Any]:
    """Return a sample as a log holds it."""
    message = {"id": "c", "content": answer, "role": "assistant", "model": "mockllm/answers"}
    return {
        "id": number,
        "epoch": 1,
        "input": said,
        "target": "O que se usou há pouco.",
        "output": {
            "model": "mockllm/answers",
            "choices": [{"message": message, "stop_reason": "stop"}],
            "completion": answer,
        },
        "scores": scores,
        "metadata": {},
        "completed_at": "2026-11-25T02:51:51.449134+00:00",
        "error_retries": [],
        "attachments": {},
    }


SAMPLES = [
    sample(
        1,
        CACHE,
        "O que o processador usou há pouco.",
        model_graded_qa=_graded("C", "Cobre o critério.\n\nGRADE: C"),
        relevance={"value": 2 / 3, "explanation": REASONING, "history": []},
    ),
    sample(
        "q2",
        [
            {"id": "d", "content": "Seja breve.", "role": "system"},
            {"id": "e", "content": [{"type": "text", "text": INDEX}], "role": "user"},
        ],
        "Um índice de palavras.",
        model_graded_qa=_graded("P", "Falta metade.\nGRADE: P"),
        relevance={"value": float("nan"), "explanation": "sem nota", "history": []},
    ),
    sample(
        3,
        PAGING,
        "",
        model_graded_qa=_graded(
            float("nan"), "Grade not found in model output: não sei", answer="", reason="grader_failed"
        ),
        relevance={"value": 0, "explanation": "", "reason": "no_response", "history": []},
    ),
    {
        "id": 4,
        "epoch": 1,
        "input": "?",
        "target": "",
        "output": {"choices": [], "completion": ""},
        "scores": {},
    },
]

SPEC = {
    "created": "2026-11-25T02:51:51+00:00",
    "task": "aulas",
    "model": "mockllm/answers",
    "model_roles": {"grader": {"model": "mockllm/grader", "config": {}, "args": {"api_key": "sk-segredo"}}},
    "scorers": [
        {"name": "model_graded_qa", "options": {"partial_credit": True, "api_key": "sk-segredo"}},
        {"name": "relevance", "options": {}},
    ],
}

LOG = {"version": 2, "status": "success", "eval": SPEC, "plan": {}, "samples": SAMPLES, "reductions": []}


def eval_file(samples: list[Any] = SAMPLES, *, zstandard: bool = True) -> bytes:
    """Return a `.eval` file, its members packed as Inspect AI does now, or as it did before 2026."""
    members = {"_journal/start.json": {"version": 2, "eval": SPEC, "plan": {}}}
    members |= {f"samples/{one['id']}_epoch_1.json": one for one in samples}
    members |= {"summaries.json": [], "header.json": {"version": 2, "status": "success", "eval": SPEC}}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, value in members.items():
            content = json.dumps(value).encode()
            if zstandard:
                _write_zstandard(file, name, content)
            else:
                file.writestr(name, content)
    return out.getvalue()


def _write_zstandard(file: zipfile.ZipFile, name: str, content: bytes) -> None:
    """Write a member with method 93, which the standard library of Python 3.11 does not know."""
    packed = pa.compress(content, codec="zstd", asbytes=True)
    start = file.fp.tell()
    info = zipfile.ZipInfo(name)
    file.writestr(info, packed)
    info.compress_type, info.file_size, info.CRC = 93, len(content), zlib.crc32(content)
    end = file.fp.tell()
    file.fp.seek(start + 8)
    file.fp.write(struct.pack("<H", 93))
    file.fp.seek(start + 14)
    file.fp.write(struct.pack("<III", info.CRC, len(packed), len(content)))
    file.fp.seek(end)


def trulens(
    question: str = CACHE, score: object = 1.0, calls: object = None, name: str = "Answer Relevance"
) -> dict[str, Any]:
    """Return a record and its feedback as `get_records_and_feedback` gives them."""
    call = {
        "args": {"prompt": question, "response": "O que o processador usou há pouco."},
        "ret": score,
        "meta": {"reason": REASONING},
    }
    return {
        "app_name": "aulas",
        "app_version": "v1",
        "app_id": "app_hash_c01b",
        "app_json": {"app_name": "aulas"},
        "type": "VirtualApp(trulens.apps.virtual)",
        "record_id": "record_hash_f741",
        "input": question,
        "output": "O que o processador usou há pouco.",
        "tags": "",
        "record_json": {"record_id": "record_hash_f741"},
        "ts": "2026-11-25T02:53:05.919606",
        name: score,
        f"{name}_calls": [call] if calls is None else calls,
        f"{name} feedback cost in USD": 0.0,
        "latency": 6e-06,
        "total_tokens": 0,
        "total_cost": 0.0,
        "cost_currency": "USD",
    }


OTEL_CALLS = (
    "[{'span_type': 'eval', 'args': {'prompt': 'O que…'}, 'ret': 1.0, 'eval_root_id': '138', "
    "'timestamp': datetime.datetime(2026, 11, 25, 2, 52, 43, 598459), 'meta': {'explanation': "
    f"{REASONING!r}, 'metadata': {{'reason': 'x'}}}}}}, "
    "{'span_type': 'eval_root', 'eval_root_id': '138', 'args_span_id': {'a': nan}}]"
)
"""How pandas writes the calls of OTel into CSV: no literal, for the times in it."""
