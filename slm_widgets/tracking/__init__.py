"""Events to MLflow. The only place that imports mlflow, and only once a run is recorded there."""

from slm_widgets.tracking.tracker import Tracker

__all__ = ["Tracker"]
