"""Keeping untrusted text inside the tags that mark it as data for a language model."""

_BRACKETS = {ord(opening): "‹" for opening in "<＜﹤"} | {ord(closing): "›" for closing in ">＞﹥"}


def fenced(text: str) -> str:
    """Return a text that can close no tag and open none: its angle brackets become single guillemets (‹ ›).

    The full-width and small forms go too, since they look like brackets to a model.
    """
    return text.translate(_BRACKETS)
