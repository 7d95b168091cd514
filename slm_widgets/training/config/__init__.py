"""The settings of a training. One file is one section of the form; ``TrainConfig`` joins them."""

from slm_widgets.training.config.train_config import TrainConfig

__all__ = ["TrainConfig"]
