"""less3d: referring 3D segmentation. A coloured scan and an English sentence in, the points of that one object out."""
