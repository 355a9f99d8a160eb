"""Who did what and when: searched, turned over page by page, taken away."""

from datetime import UTC, datetime, timedelta

import streamlit as st

from dashboard.errors import N_
from dashboard.services import audit
from dashboard.services.project import Project
from dashboard.store.audit import AuditEvent, AuditFilter
from dashboard.ui.addressed import choose, draw_pages, page_number, type_in
from dashboard.ui.i18n import _, moment, ngettext
from dashboard.ui.text import plain

PAGE_SIZE = 50
DAYS = {"1": N_("the last day"), "7": N_("the last seven days"), "30": N_("the last thirty days")}
OUTCOMES = {"done": N_("done"), "refused": N_("refused")}


def draw_audit(project: Project) -> None:
    """Draw the events that pass the filters, the newest first, and the way to take them all away."""
    chosen = _draw_filters(project)
    total = audit.count_events(project, chosen)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(ngettext("{count} event", "{count} events", total), width="stretch")
        _draw_download(project, chosen, "CSV")
        _draw_download(project, chosen, "JSONL")
    if not total:
        st.info(_("No event passes these filters. Remove one of them."), icon=":material/filter_alt_off:")
        return
    pages = -(-total // PAGE_SIZE)
    events = audit.find_events(project, chosen, page_number(pages), PAGE_SIZE)
    st.table([_row(event) for event in events], border="horizontal")
    draw_pages(pages)


def _draw_filters(project: Project) -> AuditFilter:
    with st.container(horizontal=True):
        words = type_in(_("Person, object or action"), "audit_words", width=240)
        action = choose(
            _("Action"), "audit_action", audit.actions_in_use(project), width=200, nothing=_("every action")
        )
        outcome = choose(
            _("Outcome"),
            "audit_outcome",
            list(OUTCOMES),
            lambda code: _(OUTCOMES[code]),
            width=160,
            nothing=_("done or refused"),
        )
        days = choose(
            _("When"), "audit_days", list(DAYS), lambda code: _(DAYS[code]), width=200, nothing=_("ever")
        )
    since = datetime.now(UTC) - timedelta(days=int(days)) if days else None
    return AuditFilter(words, action, outcome, since)


def _draw_download(project: Project, chosen: AuditFilter, name: str) -> None:
    as_text = {"CSV": audit.as_csv, "JSONL": audit.as_jsonl}[name]
    st.download_button(
        name,
        data=lambda: as_text(project, chosen).encode(),
        file_name=f"veredito-audit.{name.lower()}",
        mime="text/csv" if name == "CSV" else "application/jsonl",
        icon=":material/download:",
        on_click="ignore",
        key=f"audit.{name}",
    )


def _row(event: AuditEvent) -> dict[str, str]:
    command_line = _("command line")
    who = event.who or (f"{event.operator} ({command_line})" if event.operator else "–")
    details = ", ".join(f"{name} {value}" for name, value in event.details.items() if value not in ("", None))
    return {
        _("When"): moment(event.created_at),
        _("Who"): plain(who),
        _("Action"): plain(event.action),
        _("Object"): plain(f"{event.object_kind} {event.object_id}".strip()),
        _("Outcome"): _(OUTCOMES[event.outcome]),
        _("Details"): plain(details),
    }
