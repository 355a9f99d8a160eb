"""PostgreSQL: how it is connected to, which of its failures pass by themselves, and what to say of each."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, Connection, Engine, create_engine
from sqlalchemy.exc import DBAPIError

from dashboard.errors import N_, PassingError, StoreError

if TYPE_CHECKING:
    from tenacity import AttemptManager

FIRST_SERVED = (15,)
"""The oldest PostgreSQL that is served."""

POOL_SIZE, POOL_OVERFLOW = 10, 10
"""Connections that a process keeps, and how many more it opens when many people click at once."""

POOL_SECONDS = 10
CONNECT_SECONDS = 5
LOCK_SECONDS = 30
STATEMENT_SECONDS = 300
IDLE_SECONDS = 300
"""How long a transaction may do nothing: a process that sleeps must not keep all others from writing."""

PATIENCE_SECONDS = 15
"""How long a server that went away is waited for: PostgreSQL restarts within seconds."""

_TIMEOUTS = {
    "lock_timeout": LOCK_SECONDS,
    "statement_timeout": STATEMENT_SECONDS,
    "idle_in_transaction_session_timeout": IDLE_SECONDS,
}

# A server that vanished without a word is given up after a minute, not after the system's two hours.
_KEEPALIVE = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}

_PASSING = {
    "40001",  # serialization failure
    "40P01",  # deadlock
    "53300",  # too many connections
    "57P01",  # shut down by its administrator
    "57P02",  # shut down by a crash
    "57P03",  # starting or stopping
}

_CROWDED = ("too many clients", "too many connections", "connection slots are reserved")


def open_postgres(url: URL) -> Engine:
    """Return an engine for an address of PostgreSQL; its own connection options come after ours and win."""
    ours = " ".join(f"-c {name}={seconds}s" for name, seconds in _TIMEOUTS.items())
    connect: dict[str, Any] = {
        "connect_timeout": CONNECT_SECONDS,
        "tcp_user_timeout": 1000 * LOCK_SECONDS,
        "application_name": "veredito",
        **_KEEPALIVE,
    }
    connect = {name: value for name, value in connect.items() if name not in url.query}
    connect["options"] = f"{ours} {url.query.get('options', '')}".strip()
    return create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_pre_ping=True,
        hide_parameters=True,
        pool_size=POOL_SIZE,
        max_overflow=POOL_OVERFLOW,
        pool_timeout=POOL_SECONDS,
        connect_args=connect,
    )


def check_server(connection: Connection) -> None:
    """Refuse a server that is too old, or a database that cannot keep every text.

    Raises:
        StoreError: The server or the database cannot be used.
    """
    version = connection.dialect.server_version_info or (0,)
    if version < FIRST_SERVED:
        raise StoreError(
            N_("PostgreSQL {found} is too old. Use {known} or newer."),
            found=".".join(map(str, version)),
            known=".".join(map(str, FIRST_SERVED)),
        )
    encoding = connection.exec_driver_sql("SHOW server_encoding").scalar()
    if encoding != "UTF8":
        raise StoreError(
            N_("The database has the encoding {found}. Make another one with the encoding UTF8."),
            found=encoding,
        )


def is_passing(error: BaseException) -> bool:
    """Return whether the same may succeed when done again: the server was away, or others were first."""
    if not isinstance(error, DBAPIError):
        return False
    state = _state(error)
    if state:
        return state in _PASSING or state.startswith("08")
    return _is_away(error)


def attempts(is_worth_it: Callable[[BaseException], bool] = is_passing) -> Iterator["AttemptManager"]:
    """Yield attempts until one succeeds, fails in a way that does not pass, or the patience ends."""
    from tenacity import Retrying, retry_if_exception, stop_after_delay, wait_exponential_jitter

    return iter(
        Retrying(
            retry=retry_if_exception(is_worth_it),
            stop=stop_after_delay(PATIENCE_SECONDS),
            wait=wait_exponential_jitter(multiplier=0.05, max=1, jitter=0.2),
            reraise=True,
        )
    )


def explain_postgres(error: DBAPIError, reason: str) -> StoreError | None:
    """Turn an error of PostgreSQL into one that says what to do; None when it is like everybody's."""
    state = _state(error)
    # A refused connection carries no code.
    if state == "53300" or any(words in reason for words in _CROWDED):
        return PassingError(
            N_(
                "PostgreSQL has no connection left, so nothing was saved. Wait a moment and try again, "
                "or raise its max_connections."
            )
        )
    if state in ("40001", "40P01"):
        return PassingError(N_("Others changed the same at this moment, so nothing was saved. Try again."))
    if state == "53100":
        return StoreError(
            N_(
                "The disk of the database server is full, so nothing was saved. "
                "Free some space and try again."
            )
        )
    if state == "25006":
        return StoreError(
            N_(
                "This PostgreSQL is a read-only copy, so nothing was saved. "
                "Name the server that can be written in VEREDITO_DATABASE_URL."
            )
        )
    if state == "55P03":
        return StoreError(
            N_("Another program kept the database busy for {seconds} s, so nothing was saved. Try again."),
            seconds=LOCK_SECONDS,
        )
    if state in ("57014", "25P03", "25P04"):
        return StoreError(
            N_("The database stopped work that took too long, so nothing was saved: {reason}."), reason=reason
        )
    if is_passing(error):
        return PassingError(
            N_(
                "PostgreSQL cannot be reached: {reason}. Nothing was saved. Wait a moment and try again; "
                "if it stays away, start it or correct VEREDITO_DATABASE_URL."
            ),
            reason=reason,
        )
    return None


def is_unknown(error: DBAPIError) -> bool:
    """Return whether a commit that failed so may be stored all the same: its confirmation did not arrive."""
    return is_passing(error) and _state(error) not in ("40001", "40P01")


def not_known() -> PassingError:
    """Return the error of a commit whose confirmation did not arrive."""
    return PassingError(
        N_(
            "The connection to the database was cut while it was saving, so it is not known whether this was "
            "saved. Look before you do it again."
        )
    )


def _state(error: DBAPIError) -> str:
    return getattr(error.orig, "sqlstate", None) or ""


def _is_away(error: DBAPIError) -> bool:
    # Without a code it is not the server's answer: the connection was cut, or could not be made.
    orig = error.orig
    return error.connection_invalidated or (
        type(orig).__module__.startswith("psycopg")
        and type(orig).__name__ in ("OperationalError", "ConnectionTimeout")
    )
