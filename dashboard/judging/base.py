"""What every judge offers, whether it asks a language model or none."""

from dataclasses import dataclass
from typing import Protocol

from dashboard.judging.case import Case
from dashboard.models import NewJudgement


@dataclass(frozen=True, slots=True)
class Outcome:
    """A verdict, and the tokens, read and written, that were paid for it now.

    `is_server_trouble` says that it is unscored for a reason that lies with the server, not with the answer.
    """

    verdict: NewJudgement
    tokens_in: int = 0
    tokens_out: int = 0
    is_server_trouble: bool = False


class Judge(Protocol):
    """Gives verdicts. Safe to share between threads."""

    def judge(self, case: Case) -> Outcome:
        """Return the verdict on an answer.

        Raises:
            Misconfigured: No answer can be judged before a setting is changed.
            Halted: The work was stopped.
            VereditoError: Something else that stops every answer, such as an encoder that cannot be loaded.
        """
        ...
