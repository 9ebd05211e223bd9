"""Scanning a made room: `scan` as an RGB-D camera does (`path`, `camera`, `sensor`, `fusion`), `sampler` fast."""
