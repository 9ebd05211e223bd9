"""Networks that find what a sentence means in a scan."""

from less3d.models.build import ModelConfig, Referrer
from less3d.models.interface import Candidates, ReferringModel

__all__ = ["Candidates", "ModelConfig", "Referrer", "ReferringModel"]
