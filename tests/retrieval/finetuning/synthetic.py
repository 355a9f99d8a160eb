"""A corpus whose questions are its segments turned by a rotation: an encoder that a linear layer can mend."""

import numpy as np

from dashboard.retrieval.finetuning.material import Material, Segments

DIMENSION = 16
QUESTIONS, COUNT = 120, 240


def unit(rows):
    return np.ascontiguousarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def rotated():
    """Return the material, the vectors of the questions, and those of the segments."""
    random = np.random.default_rng(5)
    matrix = unit(random.normal(size=(COUNT, DIMENSION)))
    rotation, _ = np.linalg.qr(random.normal(size=(DIMENSION, DIMENSION)))
    rotation[0] *= np.sign(np.linalg.det(rotation))
    places = random.permutation(COUNT)[:QUESTIONS]
    queries = unit(matrix[places] @ rotation.T + 0.02 * random.normal(size=(QUESTIONS, DIMENSION)))
    ids = np.arange(1, COUNT + 1)
    segments = Segments(ids, [f"h{one}" for one in ids], [f"lecture {one}" for one in ids])
    questions = {number: f"pergunta {number}" for number in range(1, QUESTIONS + 1)}
    grades = {number: {int(ids[place]): 3} for number, place in enumerate(places, start=1)}
    return Material(questions, grades, 2, segments, "people"), queries, matrix
