"""The people of a team: who may come in, with which role, and the links that let them in."""

from functools import partial
from uuid import uuid4

import streamlit as st

from dashboard.roles import Role
from dashboard.services import accounts, invites
from dashboard.services.invites import DEFAULT_DAYS, LONGEST_DAYS
from dashboard.services.people import pseudonymise
from dashboard.services.sign_ins import LONGEST_EMAIL, LONGEST_NAME
from dashboard.store.accounts import Account
from dashboard.store.invites import Invite
from dashboard.ui.actions import guarded
from dashboard.ui.addressed import draw_pages, page_number, type_in
from dashboard.ui.frame import Visit
from dashboard.ui.i18n import _, moment, ngettext
from dashboard.ui.roles import role_name, role_text
from dashboard.ui.text import plain

PAGE_SIZE = 20
_SEARCH, _PAGE, _INVITE_PAGE = "person", "people_page", "invites_page"
_LINK, _FORM = "people.link", "people.form"


def draw_people(visit: Visit) -> None:
    """Draw what the one who looks may do about people: links for researchers, all of it for admins."""
    auth = visit.project.settings.auth
    if auth == "open":
        st.markdown(
            _(
                "Whoever uses this machine may come in under any name, so there are no accounts. To work as "
                "a team, set VEREDITO_AUTH to invite or oidc and start again; docs/access.md tells how."
            )
        )
        return
    if auth == "invite":
        _draw_new_invite(visit)
        _draw_invites(visit)
    if visit.role is Role.ADMIN:
        _draw_accounts(visit)
        if auth == "oidc":
            _draw_rules(visit)
    elif auth == "oidc":
        st.info(_("Admins say here who may come in."), icon=":material/info:")


def _draw_new_invite(visit: Visit) -> None:
    st.subheader(_("New invite"))
    st.session_state.setdefault(_FORM, uuid4().hex)
    with st.form("people.invite", border=False):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.text_input(_("Name"), max_chars=LONGEST_NAME, key="people.name", width=240)
            st.selectbox(
                _("Role"),
                invites.roles_within_reach(visit.project),
                format_func=role_text,
                key="people.role",
                width=420,
            )
            st.number_input(
                _("Days"),
                1,
                LONGEST_DAYS,
                DEFAULT_DAYS,
                key="people.days",
                width=110,
                help=_("So long the link opens, also on several devices. A sign-in then holds for 30 days."),
            )
            st.form_submit_button(
                _("Make the link"),
                type="primary",
                icon=":material/add_link:",
                on_click=guarded(_make_invite),
                args=(visit, st.session_state[_FORM]),
            )
    if (made := st.session_state.pop(_LINK, None)) is not None:
        _form, name, address = made
        st.success(
            _("The link for {name}. Copy it now, it is shown only this once.").format(name=plain(name)),
            icon=":material/link:",
        )
        st.code(address, language=None, wrap_lines=True)


def _make_invite(visit: Visit, form: str) -> None:
    if st.session_state.get(_FORM) != form:
        # A second press of the same button.
        return
    name, role = str(st.session_state["people.name"]), Role(st.session_state["people.role"])
    token = invites.make_invite(visit.project, name, role, int(st.session_state["people.days"]))
    st.session_state[_LINK] = form, " ".join(name.split()), _address(visit, token)
    st.session_state[_FORM] = uuid4().hex
    st.session_state["people.name"] = ""


def _address(visit: Visit, token: str) -> str:
    """Return the link as the person who made it reaches the app, unless the operator knows better."""
    base = visit.project.settings.public_url
    if not base:
        here = (st.context.url or "").partition("?")[0].rstrip("/")
        base = here.removesuffix("/project")
    return invites.invite_address(base, token)


def _draw_invites(visit: Visit) -> None:
    total = invites.count_open(visit.project)
    pages = max(1, -(-total // PAGE_SIZE))
    st.subheader(_("Invites that are open"))
    if not total:
        st.caption(_("No link lets anybody in at present."))
        return
    for invite in invites.list_open(visit.project, page_number(pages, _INVITE_PAGE), PAGE_SIZE):
        _draw_invite(visit, invite)
    draw_pages(pages, _INVITE_PAGE)


def _draw_invite(visit: Visit, invite: Invite) -> None:
    used = (
        _("last opened {moment}").format(moment=moment(invite.used_at))
        if invite.used_at
        else _("not opened yet")
    )
    facts = " · ".join((_("expires {moment}").format(moment=moment(invite.expires_at)), used))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            f"**{plain(invite.name)}** :gray-badge[{role_name(invite.role)}]  \n:small[{facts}]",
            width="stretch",
        )
        st.button(
            _("Take back"),
            icon=":material/link_off:",
            key=f"people.revoke-{invite.invite_id}",
            on_click=guarded(invites.revoke_invite),
            args=(visit.project, invite.invite_id),
        )


def _draw_accounts(visit: Visit) -> None:
    st.subheader(_("Accounts"))
    words = type_in(_("Name or e-mail"), _SEARCH, width=300, forget=(_PAGE,))
    total = accounts.count_accounts(visit.project, words)
    st.caption(ngettext("{count} account", "{count} accounts", total))
    pages = max(1, -(-total // PAGE_SIZE))
    for account in accounts.find_accounts(visit.project, words, page_number(pages, _PAGE), PAGE_SIZE):
        _draw_account(visit, account)
    draw_pages(pages, _PAGE)


def _draw_account(visit: Visit, account: Account) -> None:
    number = account.person_id
    state = "" if account.may_come_in else " :red-badge[" + _("removed") + "]"
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        with st.container(width="stretch", gap=None):
            st.markdown(f"**{plain(account.name)}**{state}")
            if account.email:
                # Markdown would make a link of it.
                st.text(account.email)
        key = f"people.role-{number}-{account.role}"
        st.selectbox(
            _("Role of {name}").format(name=account.name),
            list(Role),
            index=list(Role).index(account.role),
            format_func=role_name,
            key=key,
            label_visibility="collapsed",
            disabled=not account.may_come_in,
            on_change=guarded(_change_role),
            args=(visit, number, key),
            width=170,
        )
        with st.popover(_("More"), icon=":material/more_horiz:", key=f"people.more-{number}"):
            _draw_actions(visit, account)


def _change_role(visit: Visit, person_id: int, key: str) -> None:
    chosen = Role(st.session_state[key])
    # The box begins anew, so that it shows what holds, also after a refusal.
    del st.session_state[key]
    accounts.change_role(visit.project, person_id, chosen)


def _draw_actions(visit: Visit, account: Account) -> None:
    number = account.person_id
    if visit.project.settings.auth == "oidc":
        key = f"people.email-{number}"
        st.text_input(
            _("E-mail at the provider"),
            account.email,
            max_chars=LONGEST_EMAIL,
            key=key,
            on_change=guarded(_set_email),
            args=(visit, number, key),
        )
    if not account.may_come_in:
        st.button(
            _("Let in again"),
            icon=":material/person_add:",
            key=f"people.let_in-{number}",
            on_click=guarded(partial(accounts.change_role, visit.project, number, account.role)),
            width="stretch",
        )
        _draw_forget(visit, account)
        return
    st.button(
        _("Sign out everywhere"),
        icon=":material/logout:",
        key=f"people.sign_out-{number}",
        on_click=guarded(accounts.sign_out_everywhere),
        args=(visit.project, number),
        width="stretch",
    )
    st.button(
        _("Remove"),
        icon=":material/person_remove:",
        key=f"people.remove-{number}",
        on_click=guarded(accounts.remove),
        args=(visit.project, number),
        help=_("Signed out everywhere, and every link taken back. What they labelled stays."),
        width="stretch",
    )


def _draw_forget(visit: Visit, account: Account) -> None:
    is_sure = st.checkbox(
        _("Name and e-mail go for good; labels stay under a pseudonym"),
        key=f"people.sure-{account.person_id}",
    )
    st.button(
        _("Make anonymous"),
        icon=":material/visibility_off:",
        key=f"people.forget-{account.person_id}",
        disabled=not is_sure,
        on_click=guarded(pseudonymise),
        args=(visit.project, account.name),
        help=_("Backups and exports that were made before still hold the name."),
        width="stretch",
    )


def _set_email(visit: Visit, person_id: int, key: str) -> None:
    accounts.set_email(visit.project, person_id, str(st.session_state[key]))


def _draw_rules(visit: Visit) -> None:
    st.subheader(_("Roles by e-mail or domain"))
    st.caption(
        _(
            "Whoever first signs in with such an e-mail gets an account with that role. An e-mail goes "
            "before its domain. From then on the account counts."
        )
    )
    for place, (pattern, role) in enumerate(accounts.list_rules(visit.project)):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.text(pattern)
            st.markdown(f":gray-badge[{role_name(role)}]", width="stretch")
            st.button(
                _("Delete"),
                icon=":material/delete:",
                key=f"people.rule-{place}",
                on_click=guarded(accounts.delete_rule),
                args=(visit.project, pattern),
            )
    with st.form("people.rule", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(_("E-mail or @domain"), max_chars=LONGEST_EMAIL, key="people.pattern", width=300)
        st.selectbox(
            _("Role"),
            list(Role),
            format_func=role_text,
            key="people.rule_role",
            width=420,
        )
        st.form_submit_button(_("Set"), icon=":material/check:", on_click=guarded(_set_rule), args=(visit,))


def _set_rule(visit: Visit) -> None:
    role = Role(st.session_state["people.rule_role"])
    accounts.set_rule(visit.project, str(st.session_state["people.pattern"]), role)
    st.session_state["people.pattern"] = ""
