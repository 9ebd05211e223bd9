"""Settings for all tests: one thread, because several small ones on shared cores only wait for each other."""

import torch

torch.set_num_threads(1)
