"""The web server's lines in the form of all others: Streamlit and uvicorn bring handlers of their own."""

import logging

from streamlit import logger as streamlit_logger

from dashboard import logs

_OWN_HANDLER = "streamlit_console_handler"


def set_up() -> None:
    """Set the logs up for a server."""
    logs.set_up()
    # Streamlit makes a logger, each with its own handler, whenever one of its modules is first used.
    streamlit_logger.setup_formatter = _give_up_own_handler
    streamlit_logger.update_formatter()
    for name in ("uvicorn", "uvicorn.error", "uvicorn.asgi"):
        _to_the_root(logging.getLogger(name))
    # Addresses that people ask for can hold an invite, and the proxy before us counts requests anyhow.
    logging.getLogger("uvicorn.access").disabled = True


def _give_up_own_handler(logger: logging.Logger) -> None:
    if handler := getattr(logger, _OWN_HANDLER, None):
        logger.removeHandler(handler)
    _to_the_root(logger)


def _to_the_root(logger: logging.Logger) -> None:
    logger.handlers.clear()
    logger.propagate = True
