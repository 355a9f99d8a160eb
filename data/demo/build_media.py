#!/usr/bin/env python3
"""Builds the demonstration media of Veredito from the lecture scripts.

    python data/demo/build_media.py                 # everything
    python data/demo/build_media.py --only sql-transacoes --captions-only

For every ``scripts/<video_id>.txt`` it speaks each line with espeak-ng, measures
the speech, draws one slide, and writes

* ``media/<video_id>.webm``   VP9 still slide + Opus mono, seekable
* ``captions/<video_id>.*``   captions holding the *recognised* text
* ``videos.csv``              one row per lecture

Script format: ``# key: value`` header lines (title, title_en, year, voice, rate),
then one caption cue per line.  A blank line is a short pause.  A simulated
recognition error is written ``{spoken|recognised}``: the left side is spoken, the
right side goes into the captions.

Needs espeak-ng and ffmpeg (libvpx-vp9, libopus) on the PATH, and Pillow.
The captions depend only on the scripts and the espeak-ng version, so running the
builder twice gives the same captions.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import subprocess
import sys
import tempfile
import wave
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from lecture_script import Script, ScriptError, read_script, recognised, spoken
from slide import draw_slide

HERE = Path(__file__).resolve().parent
DEFAULT_OUT = HERE

PAUSE_S = 0.6  # a blank line in the script
LEAD_IN_S = 0.5  # silence before the first word
TAIL_S = 1.5  # silence after the last word
KEYFRAME_S = 5  # a key frame this often, so that seeking lands exactly
OPUS_BITRATE = "16k"

# So that every caption reader is exercised; everything else is SubRip.
CAPTION_FORMAT = {
    "testes-hipoteses": "vtt",
    "redes-tcp-ip": "vtt",
    "redes-neurais": "json",
}

CSV_COLUMNS = ["video_id", "title", "title_en", "url", "year", "language", "captions", "caption_kind"]


@dataclass(frozen=True)
class Cue:
    """One caption cue; times in milliseconds."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Report:
    """What was built for one lecture."""

    video_id: str
    cues: int
    words: int
    seconds: float
    media_bytes: int


# --- reading the scripts -----------------------------------------------------


# --- speech ------------------------------------------------------------------


def speak(text: str, voice: str, rate: int, wav_path: Path) -> tuple[bytes, int]:
    """Speaks one line; returns its 16-bit mono samples and the sample rate."""
    # --stdin: a line that starts with a dash must not be read as an option
    subprocess.run(
        ["espeak-ng", "-v", voice, "-s", str(rate), "-w", str(wav_path), "--stdin"],
        input=text.encode("utf-8"),
        check=True,
        capture_output=True,
    )
    with wave.open(io.BytesIO(wav_path.read_bytes())) as wav:
        if (wav.getnchannels(), wav.getsampwidth()) != (1, 2):
            raise RuntimeError("espeak-ng: expected 16-bit mono")
        return wav.readframes(wav.getnframes()), wav.getframerate()


def render_speech(script: Script, wav_path: Path, scratch: Path) -> tuple[list[Cue], float]:
    """Writes the whole lecture as one wav; returns its cues and its length in seconds."""
    audio = bytearray()
    cues: list[Cue] = []
    sample_rate = 22050

    def now_ms() -> int:
        return round(len(audio) / 2 / sample_rate * 1000)

    def silence(seconds: float) -> None:
        audio.extend(b"\0\0" * round(seconds * sample_rate))

    silence(LEAD_IN_S)
    for line in script.lines:
        if line is None:
            silence(PAUSE_S)
            continue
        samples, got_rate = speak(spoken(line), script.voice, script.rate, scratch / "line.wav")
        if got_rate != sample_rate:
            raise RuntimeError(f"espeak-ng: {got_rate} Hz, expected {sample_rate}")
        start = now_ms()
        audio.extend(samples)
        cues.append(Cue(start, now_ms(), recognised(line)))
    silence(TAIL_S)
    with wave.open(str(wav_path), "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(sample_rate)
        wav.writeframes(bytes(audio))
    return cues, len(audio) / 2 / sample_rate


# --- slide -------------------------------------------------------------------


# --- captions ----------------------------------------------------------------


def clock(ms: int, separator: str) -> str:
    """Milliseconds as HH:MM:SS,mmm (SubRip) or HH:MM:SS.mmm (WebVTT)."""
    hours, rest = divmod(ms, 3_600_000)
    minutes, rest = divmod(rest, 60_000)
    seconds, millis = divmod(rest, 1000)
    return f"{hours:02}:{minutes:02}:{seconds:02}{separator}{millis:03}"


def format_captions(cues: list[Cue], kind: str) -> str:
    """The caption file's text, as srt, vtt or Whisper-style json."""
    if kind == "srt":
        return "\n".join(
            f"{n}\n{clock(c.start, ',')} --> {clock(c.end, ',')}\n{c.text}\n" for n, c in enumerate(cues, 1)
        )
    if kind == "vtt":
        body = "\n".join(f"{clock(c.start, '.')} --> {clock(c.end, '.')}\n{c.text}\n" for c in cues)
        return f"WEBVTT\nKind: captions\nLanguage: pt\n\n{body}"
    if kind == "json":
        segments = [
            {"id": n, "start": c.start / 1000, "end": c.end / 1000, "text": c.text}
            for n, c in enumerate(cues)
        ]
        return json.dumps({"language": "pt", "segments": segments}, ensure_ascii=False, indent=1) + "\n"
    raise ValueError(f"unknown caption format {kind!r}")


def caption_path(video_id: str) -> str:
    """The caption file of a lecture, relative to this folder."""
    return f"captions/{video_id}.{CAPTION_FORMAT.get(video_id, 'srt')}"


# --- encoding ----------------------------------------------------------------


def encode(png_path: Path, wav_path: Path, seconds: float, webm_path: Path) -> None:
    """Still slide + speech to a seekable WebM (WebM because Chromium builds lack H.264)."""
    partial = webm_path.with_suffix(".part.webm")
    subprocess.run(
        [
            "ffmpeg",
            "-nostdin",
            "-hide_banner",
            "-loglevel",
            "error",
            "-y",
            "-loop",
            "1",
            "-framerate",
            "1",
            "-i",
            str(png_path),
            "-i",
            str(wav_path),
            "-map",
            "0:v",
            "-map",
            "1:a",
            "-c:v",
            "libvpx-vp9",
            "-pix_fmt",
            "yuv420p",
            "-b:v",
            "0",
            "-crf",
            "52",
            "-deadline",
            "good",
            "-cpu-used",
            "2",
            "-row-mt",
            "0",
            "-threads",
            "1",
            "-g",
            str(KEYFRAME_S),
            "-keyint_min",
            str(KEYFRAME_S),
            "-auto-alt-ref",
            "0",
            "-c:a",
            "libopus",
            "-b:a",
            OPUS_BITRATE,
            "-ac",
            "1",
            "-ar",
            "24000",
            "-application",
            "voip",
            "-frame_duration",
            "60",
            "-t",
            f"{seconds:.3f}",
            "-map_metadata",
            "-1",
            "-fflags",
            "+bitexact",
            "-cues_to_front",
            "1",
            "-reserve_index_space",
            "16384",
            str(partial),
        ],
        check=True,
    )
    partial.replace(webm_path)


def build_one(script: Script, position: int, out: Path, captions_only: bool) -> Report:
    """Builds the captions and, unless told otherwise, the media of one lecture."""
    with tempfile.TemporaryDirectory(prefix="veredito-demo-") as folder:
        scratch = Path(folder)
        wav_path, png_path = scratch / "lecture.wav", scratch / "slide.png"
        cues, seconds = render_speech(script, wav_path, scratch)
        target = out / caption_path(script.video_id)
        target.write_text(format_captions(cues, target.suffix[1:]), encoding="utf-8")
        webm_path = out / "media" / f"{script.video_id}.webm"
        if not captions_only:
            draw_slide(script, position, png_path)
            encode(png_path, wav_path, seconds, webm_path)
    words = sum(len(spoken(line).split()) for line in script.lines if line)
    size = webm_path.stat().st_size if webm_path.exists() else 0
    return Report(script.video_id, len(cues), words, seconds, size)


def write_videos_csv(scripts: list[Script], path: Path) -> None:
    """Writes videos.csv; url stays empty, media is found as media/<video_id>.webm."""
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, CSV_COLUMNS, lineterminator="\n")
        writer.writeheader()
        for script in scripts:
            writer.writerow(
                {
                    "video_id": script.video_id,
                    "title": script.title,
                    "title_en": script.title_en,
                    "url": "",
                    "year": script.year,
                    "language": "pt",
                    "captions": caption_path(script.video_id),
                    "caption_kind": "synthetic",
                }
            )


def parse_arguments(argv: list[str] | None = None) -> argparse.Namespace:
    """Command line."""
    parser = argparse.ArgumentParser(description="Builds Veredito's demonstration lectures.")
    parser.add_argument("--scripts", type=Path, default=HERE / "scripts", help="folder of the scripts")
    parser.add_argument(
        "--out", type=Path, default=DEFAULT_OUT, help="where media/, captions/ and videos.csv go"
    )
    parser.add_argument(
        "--only", action="append", metavar="VIDEO_ID", help="build only this one (repeatable)"
    )
    parser.add_argument("--captions-only", action="store_true", help="skip slides and encoding")
    parser.add_argument("--slide", nargs=2, metavar=("VIDEO_ID", "PNG"), help="only draw one slide")
    parser.add_argument("--jobs", type=int, choices=(1, 2), default=2, help="parallel processes")
    return parser.parse_args(argv)


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit status."""
    arguments = parse_arguments(argv)
    try:
        scripts = [read_script(path) for path in sorted(arguments.scripts.glob("*.txt"))]
    except ScriptError as error:
        print(error, file=sys.stderr)
        return 1
    known = {script.video_id for script in scripts}
    wanted = set(arguments.only or known)
    if arguments.slide:
        wanted = {arguments.slide[0]}
    if not scripts or wanted - known:
        print(f"no such script: {', '.join(sorted(wanted - known)) or arguments.scripts}", file=sys.stderr)
        return 1
    numbered = [(n, script) for n, script in enumerate(scripts) if script.video_id in wanted]
    if arguments.slide:
        draw_slide(numbered[0][1], numbered[0][0], Path(arguments.slide[1]))
        return 0
    for folder in ("media", "captions"):
        (arguments.out / folder).mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(max_workers=arguments.jobs) as pool:
        futures = [
            pool.submit(build_one, script, n, arguments.out, arguments.captions_only)
            for n, script in numbered
        ]
        reports = [future.result() for future in futures]
    write_videos_csv(scripts, arguments.out / "videos.csv")
    for report in reports:
        minutes, seconds = divmod(round(report.seconds), 60)
        print(
            f"{report.video_id:34} {minutes:2}:{seconds:02}  {report.cues:4} cues "
            f"{report.words:5} words  {report.media_bytes / 1e6:5.2f} MB"
        )
    total = sum(report.media_bytes for report in reports)
    print(f"{'total':34} {total / 1e6:.2f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
