"""Links and sign-ins in the database, on SQLite and PostgreSQL."""

from datetime import timedelta

from dashboard.roles import Actor, Role, Via
from dashboard.store import accounts, invites, sign_ins
from dashboard.store.base import now
from dashboard.store.store import Store

LATER = now() + timedelta(days=1)
PASSED = now() - timedelta(seconds=1)


def test_a_sign_in_holds_until_it_ends_expires_or_its_person_is_removed(store: Store) -> None:
    with store.write() as session:
        ana = accounts.put_account(session, "Ana", Role.ANNOTATOR)
        first = sign_ins.add_sign_in(session, "a", ana, "invite", LATER)
        sign_ins.add_sign_in(session, "b", ana, "invite", PASSED)
        sign_ins.add_sign_in(session, "c", ana, "oidc", LATER)
    actor = Actor("Ana", Via.PAGE, first)
    with store.read() as session:
        assert sign_ins.find_sign_in(session, "a") == sign_ins.SignIn(first, "Ana", Role.ANNOTATOR)
        assert sign_ins.find_sign_in(session, "b") is None
        assert sign_ins.role_now(session, actor) is Role.ANNOTATOR
    with store.write() as session:
        assert [sign_ins.end_sign_in(session, first) for _again in range(2)] == [True, False]
        assert sign_ins.role_now(session, actor) is None
        assert sign_ins.find_sign_in(session, "c") is not None
        accounts.remove_account(session, ana)
        assert sign_ins.find_sign_in(session, "c") is None
        assert sign_ins.end_sign_ins(session, ana) == 2
        assert sign_ins.is_known(session, "c")


def test_open_links_are_those_that_let_in_and_are_paged_the_newest_first(store: Store) -> None:
    with store.write() as session:
        ana = accounts.put_account(session, "Ana", Role.ANNOTATOR)
        numbers = [
            invites.add_invite(session, str(place), ana, Role.ANNOTATOR, None, LATER) for place in range(5)
        ]
        invites.add_invite(session, "expired", ana, Role.ANNOTATOR, None, PASSED)
        assert [invites.revoke_invite(session, numbers[0]) for _again in range(2)] == [True, False]
    with store.read() as session:
        assert invites.count_open(session) == 4
        assert [one.invite_id for one in invites.list_open(session, 1, 3)] == numbers[:1:-1]
        assert [one.invite_id for one in invites.list_open(session, 2, 3)] == [numbers[1]]


def test_accounts_are_found_by_part_of_name_or_email_whatever_the_case(store: Store) -> None:
    with store.write() as session:
        for name, email in (("Ana_1", "x@lab.example"), ("Bia%", "y@LAB.example"), ("Caio", None)):
            accounts.put_account(session, name, Role.ANNOTATOR, email)
        found = {
            words: [one.name for one in accounts.find_accounts(session, words, 1, 9)]
            for words in ("ana_", "%", "Lab.EX", "")
        }
        assert found == {
            "ana_": ["Ana_1"],
            "%": ["Bia%"],
            "Lab.EX": ["Ana_1", "Bia%"],
            "": ["Ana_1", "Bia%", "Caio"],
        }
        assert accounts.count_accounts(session, "lab") == 2
