"""Processes of the program that need no second or two to import it: each is forked from one that has.

A forked process has its own memory, environment, arguments and output, as one that was started has. What
only a started one can show, such as that each command finds what it imports, is tested with those.
"""

import multiprocessing
import os
import sys
from collections.abc import Callable, Sequence
from multiprocessing.process import BaseProcess
from pathlib import Path

ROOT = Path(__file__).parents[2]


def fork(
    main: Callable[[], object], arguments: Sequence[str], environment: dict[str, str], out: Path, err: Path
) -> BaseProcess:
    """Run a module's main function in a process of its own, in the project's folder.

    Args:
        main: The function that the command line calls.
        arguments: `sys.argv`.
        environment: All environment variables.
        out: The file that gets the standard output, at its end.
        err: The file that gets the standard error, at its end; may be the same.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.support.warm"])
    # Not a daemon, which could start no processes itself.
    process = context.Process(target=_run, args=(main, list(arguments), environment, out, err))
    process.start()
    return process


def _run(
    main: Callable[[], object], arguments: list[str], environment: dict[str, str], out: Path, err: Path
) -> None:
    os.setsid()
    os.chdir(ROOT)
    os.environ.clear()
    os.environ.update(environment)
    for path, number in ((out, 1), (err, 2)):
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(file, number)
        os.close(file)
    sys.argv = arguments
    main()
