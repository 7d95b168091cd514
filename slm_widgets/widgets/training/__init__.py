"""The parts of the training panel, each a small widget or a plain class of its own; ``TrainingPanel`` puts them together."""
