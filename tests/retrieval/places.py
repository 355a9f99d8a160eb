"""Where a test's vectors lie: in files, or in PostgreSQL. Any process can open it by its address."""

from dataclasses import dataclass
from pathlib import Path

from dashboard.retrieval.database_home import open_home
from dashboard.retrieval.vector_home import FileHome, VectorHome
from dashboard.retrieval.vector_store import VectorStore
from dashboard.store.engine import open_engine
from dashboard.store.store import Store


@dataclass(frozen=True)
class Place:
    folder: Path
    address: str = ""

    def home(self) -> VectorHome:
        """Return the home as a process that has just started finds it."""
        if not self.address:
            return FileHome(self.folder)
        return open_home(Store(open_engine(self.address)), self.folder)

    def open(self, encoder: str = "e", dimension: int = 16) -> VectorStore:
        return self.home().open(encoder, dimension)

    @property
    def arguments(self) -> list[str]:
        """What a process is told to open the same place: `Place(Path(sys.argv[1]), sys.argv[2])`."""
        return [str(self.folder), self.address]


@dataclass(frozen=True)
class NamedEncoder:
    """An encoder of which only the space matters."""

    id: str = "e"
    dimension: int = 16
