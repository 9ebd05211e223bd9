"""Procedural rooms: furnished, scanned and described from a seed, to learn from without anyone's data.

`generate.make_room` makes one, `make.make_rooms` a data set on disk. The way of a room: `plan` (outline, walls,
openings), `layout` with `kinds`, `poses`, `placing` and `fitted` (what stands where), `furniture` and `shell` (their
surfaces), `light` and `scanning` (what a depth camera gets of them), and `room` (the result).
"""
