"""Networks that find what a sentence means in a scan."""

from less3d.models.build import ModelConfig, Referrer
from less3d.models.interface import Answer, ReferringModel

__all__ = ["Answer", "ModelConfig", "Referrer", "ReferringModel"]
