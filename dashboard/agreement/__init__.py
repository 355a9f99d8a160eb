"""Agreement between people and judges: pure functions over any ordered list of categories."""

from .figure import Figure, Undefined
from .humans import human_report
from .report import agreement_report
from .result import AgreementReport, LabelFigures
from .table import MISSING, Counts

__all__ = [
    "MISSING",
    "AgreementReport",
    "Counts",
    "Figure",
    "LabelFigures",
    "Undefined",
    "agreement_report",
    "human_report",
]
