"""Networks: the sparse U-Net and the heads that answer sentences."""
