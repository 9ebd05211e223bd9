"""Settings for all tests: one thread, because several small ones on shared cores only wait for each other.

And no deadlines, because on a busy machine any test can be slow.
"""

import hypothesis
import torch

torch.set_num_threads(1)
hypothesis.settings.register_profile("less3d", deadline=None)
hypothesis.settings.load_profile("less3d")
