"""Where MLflow is; user and password in an address stay in memory: no file, message or page holds them."""

from __future__ import annotations

import os
import re
import sys

# As clients read them: up to the last @ before the path; a database's password may hold a slash, so up to the last of all.
_OF_A_SERVER = re.compile(r"(?<=://)[^/\s]+@")
_OF_A_DATABASE = re.compile(r"\b((?:postgresql|mysql|mssql)(?:\+\w+)?://)\S+@")
_IN_A_QUERY = re.compile(r"([?&]password=)[^&\s]+", re.IGNORECASE)


def without_credentials(text: str) -> str:
    """An address, or a sentence with addresses in it, without user and password."""
    return _IN_A_QUERY.sub(r"\1...", _OF_A_SERVER.sub("", _OF_A_DATABASE.sub(r"\1", text)))


def with_credentials(uri: str) -> str:
    """An address with the user and password of ``chosen_uri``, where that is the same one."""
    chosen = chosen_uri() or ""
    return chosen if without_credentials(chosen).rstrip("/") == uri.rstrip("/") else uri


def chosen_uri() -> str | None:
    """Where the user told mlflow to write; None for its default. Without importing it, as who has not has told it nothing."""
    mlflow = sys.modules.get("mlflow")
    is_set = getattr(mlflow, "is_tracking_uri_set", None)  # not there while another thread is importing it
    if mlflow is not None and is_set is not None and is_set():
        return mlflow.get_tracking_uri()
    return os.environ.get("MLFLOW_TRACKING_URI") or None
