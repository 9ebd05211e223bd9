"""Describe objects of your own scans, check the data, score the weights on it: python examples/02_your_own_data.py"""

import json
import shutil
from pathlib import Path

import numpy as np

from less3d import Segmenter, picture, read_scan
from less3d.data.check import Census, check, summary
from less3d.data.folder import Folder
from less3d.metrics import score_sentence

room = Path(__file__).parent / "data" / "room.ply"
root = Path("own_data")
(root / "scans").mkdir(parents=True, exist_ok=True)
shutil.copy(room, root / "scans" / "room.ply")

scan = read_scan(room)
low, high = scan.points.min(axis=0), scan.points.max(axis=0)
np.save(root / "floor.npy", scan.points[:, 2] < low[2] + 0.05)  # painted by hand, as a rule
lines = [
    {"scan": "room", "sentence": "the floor of the room", "mask": "floor.npy"},
    {"scan": "room", "sentence": "everything above the floor", "box": [*low[:2].tolist(), 0.1, *(high + 1).tolist()]},
    {"scan": "room", "sentence": "the elephant", "target_ids": []},
]
(root / "sentences.jsonl").write_text("\n".join(map(json.dumps, lines)))

data, census = Folder(root), Census()
for finding in check(data, census):
    print("error:" if finding.is_error else "warning:", finding.message)
print(summary(census, root))

scan, masks = data.load("room")
segmenter = Segmenter.from_pretrained().set_scan(scan)
for referral in data.referrals["room"]:
    answer = segmenter.segment(referral.sentence)
    truth = [masks.mask([target]) for target in referral.targets]
    score = score_sentence(referral, answer.mask, truth, scan.points, confidence=answer.confidence)
    print(f"{referral.sentence}: IoU {score.iou:.2f}, confidence {score.confidence:.2f}")

picture(scan, masks.mask(data.referrals["room"][0].targets), "the first mask").save("own_data.png")
print("see own_data.png")
