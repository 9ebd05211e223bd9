"""Still pictures of scans, without a display and without torch.

`picture` is what `less3d segment` saves; `render` draws any points from any `View`; `choose_view` finds a place from
which an object can be seen and `in_sight` drops the walls between.
"""

from less3d.draw.picture import HIGHLIGHT, highlight, picture, tint
from less3d.draw.splat import View, render
from less3d.draw.viewpoint import choose_view, in_sight

__all__ = ["HIGHLIGHT", "View", "choose_view", "highlight", "in_sight", "picture", "render", "tint"]
