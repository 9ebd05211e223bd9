"""Sparse convolution over voxels: which voxels are neighbours (plans), apart from what they carry (features)."""
