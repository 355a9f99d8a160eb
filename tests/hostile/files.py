"""Files that somebody who means harm may send, each small on the disk, by the kind of file they claim to be.

python -m tests.hostile.files FOLDER
"""

import io
import json
import pickle
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

from openpyxl import Workbook

from tests.hostile.inputs import ALL_TEXTS

MEBIBYTE = 2**20
SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
NESTED = 100_000
HEADER = b"number,question,answer\n"
RECORD = {"number": 1, "question": "q", "answer": "a"}


def sparse(path: Path, size: int, start: bytes) -> None:
    """Write a file that is as long as it says and takes hardly any place."""
    with path.open("wb") as file:
        file.write(start)
        file.truncate(size)


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return out.getvalue()


def lying_zip(name: str, content: bytes) -> bytes:
    """Return a zip file that says its member is a hundred bytes long."""
    data = bytearray(zipped({name: content}))
    central = data.rfind(b"PK\x01\x02")
    for at in (22, central + 24):
        data[at : at + 4] = (100).to_bytes(4, "little")
    return bytes(data)


def many_members(count: int) -> bytes:
    """Return a zip file with nothing but a list of so many members."""
    one = zipped({"a": b""}, zipfile.ZIP_STORED)
    start = one.index(b"PK\x01\x02")
    entry = one[start : one.index(b"PK\x05\x06")]
    end = bytearray(one[one.index(b"PK\x05\x06") :])
    end[8:12] = (min(count, 65_535)).to_bytes(2, "little") * 2
    end[12:16] = (len(entry) * count).to_bytes(4, "little")
    return one[:start] + entry * count + bytes(end)


def link_in_zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        link = zipfile.ZipInfo("samples/1.json")
        link.external_attr = 0o120777 << 16
        file.writestr(link, "/etc/passwd")
        file.writestr("../../evil.json", "{}")
    return out.getvalue()


def workbook(**members: bytes) -> bytes:
    """Return a workbook whose parts are replaced by these."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(["number", "text"])
    sheet.append([1, "q"])
    out = io.BytesIO()
    book.save(out)
    with zipfile.ZipFile(out) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    return zipped({**parts, **members})


def sheet(inside: bytes) -> bytes:
    start = f'<worksheet xmlns="{SHEET}"><sheetData>'.encode()
    return workbook(**{"xl/worksheets/sheet1.xml": start + inside + b"</sheetData></worksheet>"})


def laughs() -> bytes:
    names = "".join(
        f'<!ENTITY a{place} "{(f"&a{place - 1};" if place else "ha") * 10}">' for place in range(10)
    )
    return f'<!DOCTYPE x [{names}]><worksheet xmlns="{SHEET}"><a>&a9;</a></worksheet>'.encode()


def workbooks() -> dict[str, bytes]:
    styles = f'<styleSheet xmlns="{SHEET}"><cellXfs>'.encode()
    outside = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><worksheet><a>&e;</a></worksheet>'
    quadratic = (
        f'<!DOCTYPE x [<!ENTITY a "{"x" * 100_000}">]><worksheet><a>' + "&a;" * 50_000 + "</a></worksheet>"
    )
    far = b'<row r="1048576"><c r="A1048576"><v>1</v></c></row>'
    part = "xl/worksheets/sheet1.xml"
    return {
        "laughs": workbook(**{part: laughs()}),
        "laughs in UTF-16": workbook(**{part: laughs().decode().encode("utf-16")}),
        "an entity from outside": workbook(**{part: outside}),
        "quadratic": workbook(**{part: quadratic.encode()}),
        "rows": sheet(b"<row/>" * (5 * MEBIBYTE // 2)),
        "cells": sheet(b"<row>" + b"<c/>" * (4 * MEBIBYTE) + b"</row>"),
        "far": sheet(far),
        "deep": sheet(b"<a>" * (2 * MEBIBYTE)),
        "a long tag": sheet(b"<row a='" + b"x" * (8 * MEBIBYTE) + b"'/>"),
        "styles": workbook(
            **{"xl/styles.xml": styles + b"<xf/>" * (4 * MEBIBYTE) + b"</cellXfs></styleSheet>"}
        ),
        "too much": workbook(**{"xl/media/a.bin": b"\0" * (80 * MEBIBYTE)}),
        "bzip2": zipped({"xl/workbook.xml": b"\0" * (32 * MEBIBYTE)}, zipfile.ZIP_BZIP2),
        "lies": lying_zip("xl/styles.xml", b"<" + b" " * (96 * MEBIBYTE)),
        "nested": zipped({"a.zip": zipped({"b.zip": zipped({"c": b"\0" * (16 * MEBIBYTE)})})}),
        "members": many_members(200_000),
        "links": link_in_zip(),
        "a pickle": pickle.dumps(print),
        "half": workbook()[:500],
        "formula": sheet(b'<row><c t="str"><f>1+1</f><v>number</v></c><c t="str"><v>text</v></c></row>'),
    }


def jsons() -> dict[str, bytes]:
    """Return JSON texts, each on a line."""
    deep = b"[" * NESTED
    return {
        "deep": deep,
        "deep and closed": deep + b"]" * NESTED,
        "deep objects": b'{"a":' * NESTED,
        "NaN": b'{"number":NaN,"question":"q","answer":"a"}',
        "infinite": b'{"number":1e999,"question":"q","answer":"a"}',
        "digits": b'{"number":' + b"9" * 100_000 + b"}",
        "twice": b'{"number":1,"number":2,"question":"q","question":"r","answer":"a"}',
        "a surrogate": b'{"number":1,"question":"\\ud800","answer":"a"}',
        "NUL": b'{"number":1,"question":"a\\u0000b","answer":"a"}',
        "bytes": b'{"number":1,"question":"\xff\xfe","answer":"a"}',
        "a long line": b'{"number":1,"question":"' + b"x" * (10 * MEBIBYTE) + b'","answer":"a"}',
        "empty lists": b"[" + b"[]," * (5 * MEBIBYTE) + b"[]]",
        "a pickle": pickle.dumps({"number": 1}),
        "prototype": b'{"__proto__":{"a":1},"constructor":1,"__class__":"os.system"}',
    }


def parquets() -> dict[str, bytes]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    def table(columns: dict[str, object], **options: object) -> bytes:
        out = io.BytesIO()
        pq.write_table(pa.table(columns), out, **options)
        return out.getvalue()

    shared = pa.DictionaryArray.from_arrays(pa.array([0] * 20_000, pa.int32()), pa.array(["x" * 3_000_000]))
    numbers = pa.array(range(20_000), pa.int64())
    large = pa.array(["x" * (260 * MEBIBYTE)], pa.large_string())
    plain = {"number": [1], "question": ["q"], "answer": ["a"]}
    return {
        "one text for many": table({"number": numbers, "question": shared, "answer": shared}),
        "gzip": table({"number": [1], "question": large, "answer": ["a"]}, compression="gzip"),
        "lists": table({"number": [1], "question": [[0] * 1_000_000], "answer": ["a"]}),
        "bytes": table({**plain, "question": [b"\xff\x00"]}),
        "half": table(plain)[:200],
        "a pickle": b"PAR1" + pickle.dumps(print) + b"PAR1",
    }


def tables() -> dict[str, bytes]:
    """Return CSV texts below the header `number,question,answer`, or `number,text`."""
    return {
        "quote": b'1,"' + b"xxxxxxx\n" * (MEBIBYTE // 2 + 1),
        "commas": b"," * (3 * MEBIBYTE),
        "NUL": b"1,a\0b,c\n",
        "returns": b"\r" * 100_000,
        "bytes": b"1,\xff\xfe,c\n",
        "digits": b"9" * 100_000 + b",q,a\n",
        "quotes": b'"' * 100_000 + b"\n",
    }


def captions() -> dict[str, bytes]:
    """Return contents for files of captions of any ending."""
    cue = b"1\n00:00:01,000 --> 00:00:02,000\n"
    return {
        "empty": b"",
        "NUL": b"\0" * 1_000,
        "arrows": cue + b"--> " * 100_000,
        "late": b"1\n99999:00:00,000 --> 99999999999:00:00,000\nx\n",
        "backwards": b"1\n00:00:09,000 --> 00:00:02,000\nx\n",
        "lines": b"\n" * MEBIBYTE,
        "tags": cue + b"<b " * 100_000,
        "entities": cue + b"&#x110000; &#0; &lt;script&gt;" * 1_000,
        "mark": b"\xef\xbb\xbfWEBVTT\n\n" + cue + b"x\n",
        "half UTF-16": b"\xff\xfe1\x00\n",
        "cue settings": b"WEBVTT\n\nSTYLE\n::cue{background:url(http://evil.invalid)}\n\n"
        b"00:01.000 --> 00:02.000 position:" + b"9" * 10_000 + b"%\nx\n",
        "texts": b"WEBVTT\n\n"
        + b"".join(
            f"00:{place // 60:02}:{place % 60:02}.000 --> 00:59:59.000\n".encode()
            + " ".join(text.split())[:500].encode("utf-8", "replace")
            + b"\n\n"
            for place, text in enumerate(ALL_TEXTS)
        ),
    }


def make(folder: Path) -> None:
    """Write every file into the folder of its channel: records, stored, dump, bank, captions."""
    for place, (channel, ending, content) in enumerate(contents()):
        (folder / channel).mkdir(exist_ok=True)
        path = folder / channel / f"{place:03}{ending}"
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            sparse(path, content, HEADER)
    (folder / "links").mkdir()
    links(folder / "links")


def contents() -> Iterator[tuple[str, str, bytes | int]]:
    """Yield channel, ending and content, or size in bytes, of each file."""

    def put(channel: str, ending: str, content: bytes | int) -> tuple[str, str, bytes | int]:
        return channel, ending, content

    for content in jsons().values():
        for channel, ending in (
            ("records", ".jsonl"),
            ("dump", ".jsonl"),
            ("dump", ".json"),
            ("bank", ".jsonl"),
        ):
            yield put(channel, ending, content + b"\n")
        member = {"header.json": content, "samples/1.json": content}
        yield put("dump", ".eval", zipped(member))
    for content in tables().values():
        for channel, header in (("records", b"number,question,answer\n"), ("bank", b"number,text\n")):
            yield put(channel, ".csv", header + content)
        yield put("dump", ".csv", b"question,answer,score\n" + content)
        yield put("records", ".md", content)
    for content in parquets().values():
        yield put("records", ".parquet", content)
    for content in workbooks().values():
        yield put("bank", ".xlsx", content)
        yield put("dump", ".eval", content)
    yield put("dump", ".eval", lying_zip("samples/1.json", b'"' + b" " * (64 * MEBIBYTE) + b'"'))
    yield put("records", ".md", b"**Pergunta 1**: q\n- [" + b"](h" * MEBIBYTE + b")\n")
    yield put("records", ".md", b"**Pergunta 1**: q\n" + b"\n" * MEBIBYTE)
    for content in captions().values():
        for ending in (".srt", ".vtt", ".txt", ".md"):
            yield put("captions", ending, content)
    for content in jsons().values():
        yield put("captions", ".json", content)
    # A gigabyte each, of which the disk holds some kilobytes.
    for channel, ending in (
        ("records", ".md"), ("records", ".csv"), ("records", ".jsonl"), ("records", ".parquet"),
        ("dump", ".json"), ("dump", ".eval"), ("bank", ".csv"), ("bank", ".xlsx"), ("captions", ".srt"),
    ):  # fmt: skip
        yield put(channel, ending, 1024 * MEBIBYTE)
    for channel, ending in (("records", ".md"), ("records", ".csv"), ("records", ".jsonl"), ("dump", ".csv")):
        yield put(channel, ending, 30 * MEBIBYTE)
    records = [
        {**RECORD, "question": text or "q", "answer": text, "tags": [text], "reference_answer": text}
        for text in ALL_TEXTS
    ]
    yield put("stored", ".jsonl", "\n".join(map(json.dumps, records)).encode())
    bank = [{**record, "text": record["question"]} for record in records]
    yield put("bank", ".jsonl", "\n".join(map(json.dumps, bank)).encode())


def links(folder: Path) -> None:
    """Put links that lead out of a folder, and round in circles, into it."""
    (folder / "fora.srt").symlink_to("/etc/passwd")
    (folder / "circle").symlink_to(folder)
    (folder / "round.srt").symlink_to(folder / "round.srt")
    (folder / "up").symlink_to("/")


if __name__ == "__main__":
    make(Path(sys.argv[1]))
