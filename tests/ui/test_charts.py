"""Charts beside work in the background."""

import subprocess
import sys
import textwrap
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_a_chart_can_be_drawn_while_pandas_is_being_loaded_elsewhere() -> None:
    code = textwrap.dedent(
        """
        import builtins, sys, threading
        import plotly.graph_objects as go
        from dashboard.ui.charts import wait_for_pandas

        begun, loaded = threading.Event(), threading.Event()
        real = builtins.__import__

        def slow(name, *rest):
            # Pandas is in sys.modules by now, but has nothing of its own yet.
            module = real(name, *rest)
            if "pandas" in sys.modules and not begun.is_set():
                begun.set()
                loaded.wait(1)
            return module

        assert "pandas" not in sys.modules
        builtins.__import__ = slow
        threading.Thread(target=lambda: real("pandas")).start()
        begun.wait(10)
        assert not hasattr(sys.modules["pandas"], "Series")
        wait_for_pandas()
        go.Figure().add_scatter(x=[1], y=[2], error_x={"array": [1.0]})
        """
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert ran.returncode == 0, ran.stderr
