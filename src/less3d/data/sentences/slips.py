"""How people type: capitals, periods and now and then a slip."""

import numpy as np


def finish(sentence: str, rng: np.random.Generator, *, long: bool) -> str:
    """A sentence as it would be typed; descriptions are lower case with periods, phrases come either way."""
    if rng.random() < 0.03:
        sentence = _slip(sentence, rng)
    if long:
        return f"{sentence}."
    if rng.random() < 0.55:
        sentence = sentence[0].upper() + sentence[1:]
    return f"{sentence}." if rng.random() < 0.55 else sentence


def _slip(sentence: str, rng: np.random.Generator) -> str:
    """One word misspelled, never one that tells sides apart."""
    words = sentence.split(" ")
    places = [index for index, word in enumerate(words) if word in _MISSPELLED]
    if not places:
        return sentence
    place = places[int(rng.integers(len(places)))]
    words[place] = _MISSPELLED[words[place]]
    return " ".join(words)


_MISSPELLED = {
    "rectangular": "rectangluar",
    "cabinet": "cabinent",
    "between": "bewteen",
    "closest": "closet",
    "it's": "its",
    "whiteboard": "white-board",
    "bookshelf": "book-shelf",
    "furthest": "furtherst",
    "beside": "besides",
    "corner": "cornor",
    "chair": "chiar",
    "choose": "chose",
    "wooden": "woden",
    "underneath": "underneth",
    "towards": "toward",
    "refrigerator": "refridgerator",
    "nightstand": "nighstand",
    "middle": "midle",
}
