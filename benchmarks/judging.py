"""A judging job against a model server that thinks for a while: `python benchmarks/judging.py`.

The server answers each request after a fixed time, so that what is above it is our own.
"""

import os
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from dashboard.config import Settings
from dashboard.jobs import JobLimits
from dashboard.services.driving import drive
from dashboard.services.judges import ModelChoice, model_config
from dashboard.services.judging import job_progress, start_job
from dashboard.services.project import open_project
from dashboard.services.rubrics import current_rubric
from tests.support import project as made
from tests.support.judge_model import verdict
from tests.support.openai_server import KEY, OpenAIServer, _Handler

ANSWERS, CONCURRENCY, THINKING_SECONDS = 400, 8, 0.5


def main() -> None:
    def thinking(handler: _Handler) -> None:
        time.sleep(THINKING_SECONDS)
        verdict()(handler)

    with TemporaryDirectory() as folder, OpenAIServer(thinking) as server:
        os.environ["OPENAI_BASE_URL"], os.environ["OPENAI_API_KEY"] = server.base_url, KEY
        project = open_project(Settings(data_dir=Path(folder)))
        segments = made.add_video(project.store)
        for number in range(ANSWERS):
            made.add_answer(project.store, f"Pergunta {number}?", segments, text=f"Resposta {number}.")
        config = model_config(current_rubric(project, "answer-relevance.pt-BR"), ModelChoice("juiz"))
        job_id = start_job(project, config, JobLimits(CONCURRENCY))
        begun, cpu = time.perf_counter(), time.process_time()
        drive(project, job_id)
        seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu
        found = job_progress(project, job_id)
        assert found is not None and found.counts.judged == ANSWERS
        project.close()
    least = ANSWERS * THINKING_SECONDS / CONCURRENCY
    print(f"{ANSWERS} answers, {CONCURRENCY} at once, {THINKING_SECONDS} s each: {seconds:.1f} s,")
    print(f"at least {least:.1f} s, so {100 * (seconds / least - 1):.1f} % of our own; {cpu:.1f} s of CPU")
    print("(the server of the test runs in the same process and is part of that)")


if __name__ == "__main__":
    main()
