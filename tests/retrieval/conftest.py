import os

import pytest

os.environ.setdefault("HF_HUB_OFFLINE", "1")


@pytest.fixture(scope="session")
def nano():
    from dashboard.retrieval.encoders.nano import NanoEncoder

    return NanoEncoder()
