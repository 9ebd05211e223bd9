"""Sparse convolution over voxels: which voxels are neighbors (plans), apart from what they carry (features)."""
