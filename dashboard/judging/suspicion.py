"""Signs that an answer speaks to its judge instead of to the person who asked.

They mark an answer for a second look and change no score. The patterns want the words of grading together
with an order or a form, since lectures speak of rules, marks and grades all the time.
"""

import re
import unicodedata
from enum import StrEnum

from dashboard.errors import N_


class Suspicion(StrEnum):
    """What an answer holds that no honest answer needs."""

    INSTRUCTION = "instruction"
    SCORE = "score"
    VERDICT = "verdict"
    TAG = "tag"
    ROLE = "role"
    HIDDEN = "hidden"


SUSPICION_TEXTS: dict[Suspicion, str] = {
    Suspicion.INSTRUCTION: N_("Gives instructions to the judge"),
    Suspicion.SCORE: N_("States a score of its own"),
    Suspicion.VERDICT: N_("Imitates a judge's reply"),
    Suspicion.TAG: N_("Holds tags or marks of the judge's prompt"),
    Suspicion.ROLE: N_("Imitates a turn of the conversation with the model"),
    Suspicion.HIDDEN: N_("Holds invisible or disguised characters"),
}
"""The name of each sign, for people."""

_JUDGE = (
    r"(?:avaliador(?:es|a|as)?|ju[ií]z(?:a|es)?|examinador(?:es|a)?|corretor(?:es|a)? autom[aá]tic[oa]s?"
    r"|judges?|graders?|evaluators?|examiners?|raters?|llms?)"
)
_RULES = (
    r"(?:instru[cç](?:ão|ões|oes|ao)|rubricas?|crit[eé]rios?|orienta[cç](?:ão|ões)|diretrizes|prompts?"
    r"|regras (?:acima|anteriores|de avalia\w+)|instructions?|rubrics?|criteria|criterion|guidelines?"
    r"|(?:previous|prior|above|grading|scoring|evaluation) \w+|(?:rules|everything) (?:above|before))"
)
_TOP = (
    r"(?:m[aá]xim[ao]s?|maximum|max|highest|perfect|full|top|total|tr[eê]s|three|[0-9]{1,3}"
    r"|c|corret[ao]s?|correct|excelente)"
)
_MARK = r"(?:notas?|pontua[cç](?:ão|ões|ao)|r[oó]tulo|scores?|grades?|ratings?|marks?|label)"
_GIVE = (
    r"(?:d[êá]|deem|dar|atribu(?:a|ir|am)|conceda|marque|classifique|avalie|pontue|retorne|responda|devolva|emita"
    r"|give|assign|award|grant|return|output|respond|reply|rate|grade|score|mark|print|write)"
)
_ORDERS = (
    rf"(?:ignor(?:e|em|ar|ing)|desconsider(?:e|em|ar)|esque[cç](?:a|am)|disregard|forget|override|bypass)"
    rf"\b.{{0,50}}\b{_RULES}",
    rf"{_GIVE}\b.{{0,40}}\b{_MARK}\b[^.!?]{{0,20}}\b{_TOP}",
    rf"{_GIVE}\b.{{0,40}}\b{_TOP}\s{_MARK}",
    rf"(?:caro|cara|prezad[oa]|aten[cç]ão|dear|attention|hey|aviso|nota|note|mensagem|message|recado|instru\w+)"
    rf"(?: (?:ao|à|aos|às|para o|para a|to the|for the|to|for))?,? {_JUDGE}",
    rf"(?:como|enquanto|você é|seja|as|you are|act as|aja como) (?:um|uma|o|a|an|the|your)? ?{_JUDGE}\b"
    r"[^.]{0,60}\b(?:deve|precisa|dê|must|should|will|shall|always|sempre|give|permissivo|generos\w+|lenient"
    r"|generous)",
    r"(?:esta|essa|a minha|minha) resposta (?:é|está|deve ser|merece|precisa ser|tem que ser|foi|já foi)"
    rf" .{{0,40}}(?:nota|pontua\w+|avaliad[ao]|classificad[ao]|julgad[ao]|considerad[ao]|{_MARK} {_TOP})",
    r"(?:this|my|the) (?:answer|response) (?:is|must|should|deserves|has|needs|was|will)\b.{0,40}"
    r"\b(?:graded?|scored?|rated?|judged|marked|considered|full marks|top|highest|perfect)",
    r"(?:novas|new|updated) (?:instruções|instructions)"
    r"|(?:fim|end) (?:da|of) (?:avaliação|evaluation|grading)",
)
_PATTERNS: tuple[tuple[Suspicion, re.Pattern[str]], ...] = (
    (Suspicion.INSTRUCTION, re.compile(rf"\b(?:{'|'.join(_ORDERS)})\b", re.IGNORECASE | re.DOTALL)),
    (
        Suspicion.SCORE,
        re.compile(
            rf"\b{_MARK}(?: final| total| m[aá]xim[ao])?\b[\s*_`'\"\\]*[:=][\s*_`'\"\\]*"
            r"(?:[0-9]|[cpi]\b|corret|correct|m[aá]xim|tr[eê]s\b|three\b)"
            rf"|\b{_MARK}\b[^.:\n]{{0,12}}\b[0-9]\s?/\s?(?:3|5|10|100)\b",
            re.IGNORECASE,
        ),
    ),
    (
        Suspicion.VERDICT,
        re.compile(
            r"[\"'“”]\s*(?:score|nota|pontua\w+|grades?|supporting_evidence|verdict|veredito|label|r[oó]tulo"
            r"|criteria)\\?[\"'“”]\s*:"
            rf"|{_MARK[:-1]}|verdict|veredito)>\s*[0-9cpi]"
            r"|\b(?:supporting evidence|evid[eê]ncias? de apoio)\W{0,4}:"
            r"|\b(?:verdict|veredito)\s*:\s*\w"
            r"|^[^\S\n]*\**item [0-9]+\**:[^\n]*\bscore\b",
            re.IGNORECASE | re.MULTILINE,
        ),
    ),
    (
        Suspicion.TAG,
        re.compile(
            r"[<‹]\s{0,2}/?\s{0,2}(?:pergunta|resposta|segmento|frase|refer[eê]ncia|question|answer|segment|sentence"
            r"|reference|system|sistema|instructions?|instru\w+|rubric\w*|crit[eé]ri\w+|think|material)\b"
            r"[^>›]{0,40}[>›]"
            r"|^[^\S\n]*[-=#*+~]{2,}\s*(?:fim|end|in[ií]cio|begin|start)\b[^\n]{0,40}"
            r"\b(?:resposta|material|dados|answer|response|data|input)\b"
            r"|^[^\S\n]*```\s*(?:json|system)?\s*\n\s*(?:\{|score|nota)",
            re.IGNORECASE | re.MULTILINE,
        ),
    ),
    (
        Suspicion.ROLE,
        re.compile(
            r"^(?:[^\S\n]|[#*\[(<])*(?i:system|assistant|assistente|developer|SISTEMA)[\])>*]*\s?:"
            r"|<\|[^|\n]{1,30}\|>|‹\|[^|\n]{1,30}\|›|\[/?(?:INST|SYS|SYSTEM|SISTEMA)\]|<</?SYS>>"
            r"|^[^\S\n]*#{2,}\s*(?i:system|instruction|instruções|assistant|response|user)\b"
            r"|[\"']role[\"']\s*:\s*[\"'](?:system|assistant|user|developer)",
            re.MULTILINE,
        ),
    ),
)
_INVISIBLE = re.compile(
    "[\u200c\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\U000e0000-\U000e01ef\x00-\x08\x1b]"
    r"|(?<=[^\s\u200b\ufeff])[\u200b\ufeff]+(?=[^\s\u200b\ufeff])|(?<=\w)[\u00ad\u200d](?=\w)"
)
_DISGUISED = re.compile(
    r"[！-～]{2}|[a-zA-Z][\u0400-\u04ff]|[\u0400-\u04ff][a-zA-Z]|[\U0001d400-\U0001d7ff]{4}"
)


_BLANKS = re.compile(r"\s{3,}")
"""Long runs of blanks, in which the patterns would look for ever."""


def suspicions(text: str) -> tuple[Suspicion, ...]:
    """Return the signs found in a text, each once, in the order of `Suspicion`."""
    plain = _plain(text)
    found = {sign for sign, pattern in _PATTERNS if pattern.search(plain)}
    if _INVISIBLE.search(text) or _DISGUISED.search(text):
        found.add(Suspicion.HIDDEN)
    return tuple(sign for sign in Suspicion if sign in found)


def _plain(text: str) -> str:
    """Return a text as it looks: one form of each character, the invisible ones left out, blanks few."""
    visible = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text))
    return _BLANKS.sub(lambda run: "\n\n" if "\n" in run[0] else "  ", visible)
