"""The version, in one place: pyproject.toml reads it here, and so does every run that is recorded."""

__version__ = "0.1.0"
