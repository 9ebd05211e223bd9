"""Words for the size an object is seen to have, by what is usual for its class."""

import numpy as np

from less3d.data.rooms.statistics import scene_statistics
from less3d.data.sentences.voice import Voice


def apparent_size(voice: Voice, row: int, same: np.ndarray) -> str | None:
    """A word for an object that is clearly large or small for its class and no exception among those alike."""
    scene = voice.scene
    known = scene_statistics().classes.get(scene.objects[row].category)
    if known is None:
        return None
    long = scene.extent[row, 0]
    others = scene.extent[np.flatnonzero(same), 0]
    high = scene.high[row] - scene.low[row]
    if high > max(_toward(known.height, 1), 0.8) and scene.low[row] < 0.2 and high > 2.5 * long:
        return voice.any("tall", "tall", "narrow", "skinny", "tall skinny", "tall narrow")
    if long > _toward(known.long, 2) and long >= 0.9 * others.max():
        slim = scene.extent[row, 1] < 0.45 * long and high < long
        return voice.any("large", "large", "big", *(("long", "long", "wide") if slim else ()))
    if long < _toward(known.long, 0) and long <= 1.1 * others.min():
        return voice.any("small", "small", "small", "little")
    if high > max(_toward(known.height, 2), 0.8) and scene.low[row] < 0.2:
        return "tall"
    return None


def _toward(percentiles: tuple[float, float, float], end: int) -> float:
    """Two thirds of the way from the median to the 10th (0) or 90th (2) percentile."""
    return (percentiles[1] + 2 * percentiles[end]) / 3
