"""Why a folder is not, or not any more, a tuned encoder; each says what to do."""

from dashboard.errors import N_

NO_MANIFEST = N_(
    "The tuned encoder {encoder} cannot be used: without a manifest.json it is half-written or "
    "none of ours. "
    "Train it again, or put its folder back from a backup."
)
UNREADABLE = N_(
    "The tuned encoder {encoder} cannot be used: its manifest.json cannot be read. "
    "Train it again, or put its folder back from a backup."
)
OF_ANOTHER_PROGRAM = N_(
    "The tuned encoder {encoder} cannot be used: its manifest.json is that of another program. "
    "Train it again, or put its folder back from a backup."
)
OF_ANOTHER_VERSION = N_(
    "The tuned encoder {encoder} cannot be used: it was written by another version of Veredito. "
    "Train it again, or put its folder back from a backup."
)
INCOMPLETE = N_(
    "The tuned encoder {encoder} cannot be used: its manifest.json lacks what an encoder must have. "
    "Train it again, or put its folder back from a backup."
)
FOREIGN_FILE = N_(
    "The tuned encoder {encoder} cannot be used: it holds {path}, which no encoder of ours does. "
    "Train it again, or put its folder back from a backup."
)
MISSING_FILE = N_(
    "The tuned encoder {encoder} cannot be used: the file {path} is missing. "
    "Train it again, or put its folder back from a backup."
)
UNNAMED_FILE = N_(
    "The tuned encoder {encoder} cannot be used: it holds {path}, which its manifest.json does not name. "
    "Train it again, or put its folder back from a backup."
)
DAMAGED_FILE = N_(
    "The tuned encoder {encoder} cannot be used: the file {path} is damaged. "
    "Train it again, or put its folder back from a backup."
)
OTHER_CONTENT = N_(
    "The tuned encoder {encoder} cannot be used: its content is that of another encoder. "
    "Train it again, or put its folder back from a backup."
)
