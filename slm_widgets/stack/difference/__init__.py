"""What differs between two designs, as values, as sentences and as JSON."""

from slm_widgets.stack.difference.changes import Change
from slm_widgets.stack.difference.comparison import Difference, difference
from slm_widgets.stack.difference.layer_difference import LayerDifference
from slm_widgets.stack.difference.members import LayerAt

__all__ = ["Change", "Difference", "LayerAt", "LayerDifference", "difference"]
