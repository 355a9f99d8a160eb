"""Films and recordings of lectures in the data folder."""

from pathlib import Path

VIDEO_TYPES = {".webm": "video/webm", ".mp4": "video/mp4", ".mkv": "video/x-matroska", ".mov": "video/mp4"}
AUDIO_TYPES = {".mp3": "audio/mpeg", ".m4a": "audio/mp4", ".ogg": "audio/ogg", ".wav": "audio/wav"}
_TYPES = VIDEO_TYPES | AUDIO_TYPES


def find_media(folder: Path, video_id: str) -> Path | None:
    """Return the lecture's file in the media folder, None when there is none.

    An id that is not a plain file name finds nothing, so that no id leads out of the folder.
    """
    if not video_id or Path(video_id).name != video_id or "\0" in video_id:
        return None
    for ending in _TYPES:
        path = folder / f"{video_id}{ending}"
        try:
            if path.is_file():
                return path
        except OSError:
            # An id may be a fine name and yet too long for a file's.
            return None
    return None


def media_type(path: Path) -> str:
    """Return the media type of a lecture's file."""
    return _TYPES[path.suffix]


def is_audio(path: Path) -> bool:
    """Return whether a lecture's file holds sound only."""
    return path.suffix in AUDIO_TYPES
