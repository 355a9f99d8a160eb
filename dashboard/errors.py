"""Errors that a person can do something about.

A message says what was wrong, what was found and what to do. It is a translatable template with named
fields, so that the command line prints it in English and a page in the reader's language.
"""


def N_(message: str) -> str:
    """Mark a message for the catalogues; it is translated where it is shown."""
    return message


class VereditoError(Exception):
    """Base of every error meant to be shown to a person.

    Args:
        message: English template, marked with `N_`, whose fields are named in braces.
        **found: Values for the fields, such as the path or the text that was met.
    """

    def __init__(self, message: str, **found: object) -> None:
        self.message = message
        self.found = found
        super().__init__(message.format(**found))


class SettingsError(VereditoError):
    """A setting holds a value that cannot be used."""


class StoreError(VereditoError):
    """The database cannot be opened, migrated or written."""


class PassingError(StoreError):
    """The database failed in a way that passes by itself, so that the same may be tried again."""


class NotFound(VereditoError):
    """Something that was asked for by its id is not in the project."""


class CorpusError(VereditoError):
    """A caption file or a corpus folder cannot be taken in."""


class EncoderError(VereditoError):
    """Texts cannot be turned into vectors."""


class SearchError(VereditoError):
    """A search cannot be answered, for instance because the corpus is empty."""


class ModelError(VereditoError):
    """The model server did not give a usable answer."""


class RecordError(VereditoError):
    """A record file cannot be read or written."""


class RubricError(VereditoError):
    """A rubric's text cannot be used."""


class CalibrationError(VereditoError):
    """People's labels are too few to fit something to them."""


class TuningError(VereditoError):
    """A retriever cannot be made better in this way, or not yet."""


class AccessRefused(VereditoError):
    """Somebody may not do what was asked; it is in the audit."""


class AccountError(VereditoError):
    """A person's account, invite or rule cannot be made or changed so."""


class TooManyRequests(VereditoError):
    """Something was asked for more often than is let through."""


class BackupError(VereditoError):
    """A backup cannot be made, read or put back."""


class ChangedMeanwhile(VereditoError):
    """What a page showed has been replaced since it was drawn, so nothing was stored over it."""
