"""Choices that live in the address, so that a reload or a shared link shows the same list.

Streamlit's own binding writes the words that are shown, which differ between languages; here it is codes.
"""

from collections.abc import Callable, Sequence

import streamlit as st

from dashboard.ui.i18n import _

PAGE = "page"
_SET = "address.set"
_SEVERAL = ","


def choose(
    title: str,
    name: str,
    options: Sequence[str],
    text: Callable[[str], str] = str,
    *,
    width: int,
    nothing: str | None = None,
    is_titled: bool = True,
    forget: Sequence[str] = (),
) -> str:
    """Draw a box whose choice is the address's parameter `name`; empty when nothing is chosen.

    Args:
        title: What is chosen.
        name: Name of the parameter, and of the widget.
        options: Codes, as they stand in the address.
        text: Gives a code in words.
        width: Pixels.
        nothing: What stands for no choice; None when there must be one, at first the first.
        is_titled: Whether the title is to be seen.
        forget: Parameters that mean nothing any more after another choice.
    """
    found = st.query_params.get(name, "")
    index: int | None = options.index(found) if found in options else 0
    if nothing is not None:
        # Streamlit lets nobody empty a box that has a default, so the session holds what the address says.
        index = None
        if found in options and _key(name) not in st.session_state:
            st.session_state[_key(name)] = found
    if st.session_state.get(_SET) == name:
        # The session holds the choice; Streamlit wants no second opinion.
        del st.session_state[_SET]
        index = None if nothing is not None else 0
    chosen = st.selectbox(
        title,
        options,
        index=index,
        key=_key(name),
        placeholder=nothing or _("any"),
        format_func=text,
        on_change=_write,
        args=(name, forget),
        width=width,
        label_visibility="visible" if is_titled else "collapsed",
    )
    return chosen or ""


def turn_to(
    title: str, name: str, options: Sequence[str], text: Callable[[str], str], *, forget: Sequence[str] = ()
) -> str:
    """Draw a row of which one option is chosen, at first the first, as the address's parameter `name`."""
    found = st.query_params.get(name, "")
    first: str | None = found if found in options else options[0]
    if st.session_state.get(_SET) == name:
        # As in `choose`.
        del st.session_state[_SET]
        first = None
    chosen = st.segmented_control(
        title,
        options,
        default=first,
        required=True,
        key=_key(name),
        format_func=text,
        on_change=_write,
        args=(name, forget),
        label_visibility="collapsed",
        wrap=True,
    )
    return chosen or options[0]


def choose_several(
    title: str,
    name: str,
    options: Sequence[str],
    text: Callable[[str], str],
    *,
    at_first: Sequence[str],
    width: int,
    forget: Sequence[str] = (),
) -> list[str]:
    """Draw a box in which several options are chosen, in an order, as the address's parameter `name`."""
    asked = [one for one in st.query_params.get(name, "").split(_SEVERAL) if one in options]
    return st.multiselect(
        title,
        options,
        default=list(dict.fromkeys(asked)) or list(at_first),
        format_func=text,
        key=_key(name),
        on_change=_write_several,
        args=(name, forget),
        width=width,
    )


def set_choice(name: str, value: str) -> None:
    """Choose as if by hand; only in a callback, since the box must not be drawn yet."""
    st.session_state[_key(name)] = value or None
    st.session_state[_SET] = name
    _write(name)


def type_in(title: str, name: str, *, width: int, forget: Sequence[str] = ()) -> str:
    """Draw a text box whose content is the address's parameter `name`; `forget` is as with `choose`."""
    found = st.query_params.get(name, "")
    typed = st.text_input(title, found, key=_key(name), on_change=_write, args=(name, forget), width=width)
    return (typed or "").strip()


def page_number(pages: int, name: str = PAGE) -> int:
    """Return the page, counted from 1, that the address asks for; the first where there is no such page.

    Args:
        pages: How many there are.
        name: The address's parameter, where several lists stand on one page.
    """
    found = st.query_params.get(name, "1")
    page = int(found) if found.isascii() and found.isdigit() and len(found) < 10 else 1
    return page if 1 <= page <= pages else 1


def draw_pages(pages: int, name: str = PAGE) -> None:
    """Draw the way to the other pages of a list, when there are any; `name` is as with `page_number`."""
    if pages > 1:
        now = page_number(pages, name)
        st.pagination(pages, default=now, key=_key(name), on_change=_write, args=(name,))


def _key(name: str) -> str:
    return f"address.{name}"


def _write_several(name: str, forget: Sequence[str]) -> None:
    chosen = st.session_state.get(_key(name)) or []
    st.query_params[name] = _SEVERAL.join(chosen)
    for forgotten in (*forget, PAGE):
        st.query_params.pop(forgotten, None)


def _write(name: str, forget: Sequence[str] = ()) -> None:
    value = str(st.session_state.get(_key(name)) or "").strip()
    if value:
        st.query_params[name] = value
    else:
        st.query_params.pop(name, None)
    for forgotten in forget:
        st.query_params.pop(forgotten, None)
        st.session_state.pop(_key(forgotten), None)
    if name != PAGE:
        st.query_params.pop(PAGE, None)
        st.session_state.pop(_key(PAGE), None)
