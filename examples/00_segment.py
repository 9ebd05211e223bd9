"""Find what a sentence means in a scan, and save a picture of it: python examples/00_segment.py"""

from pathlib import Path

from less3d import Segmenter, picture, read_scan

scan = read_scan(Path(__file__).parent / "data" / "room.ply")
sentence = "the red chair next to the screen"

segmenter = Segmenter.from_pretrained()
segmenter.set_scan(scan)  # the work that needs no sentence, done once
result = segmenter.segment(sentence)
print(f"{sentence}: {result.mask.sum()} of {len(scan)} points, confidence {result.confidence:.2f}")

picture(scan, result.mask, sentence).save("segment.png")
print("see segment.png")
