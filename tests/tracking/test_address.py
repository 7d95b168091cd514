"""User and password of a server: the server gets them, and nothing that is written or said holds them."""

from __future__ import annotations

import base64
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from slm_widgets.tracking.address import with_credentials, without_credentials
from tests.small_runs import start, until


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("http://me:secret@host:5000/ml", "http://host:5000/ml"),
        ("http://me:p@ss@host:5000", "http://host:5000"),
        ("postgresql://me:se%40cret@db/mlflow", "postgresql://db/mlflow"),
        ("mysql+pymysql://me:se/cret@db/mlflow", "mysql+pymysql://db/mlflow"),
        ("postgresql://db/mlflow?user=me&password=secret", "postgresql://db/mlflow?user=me&password=..."),
        ("API request to http://me:secret@host/api failed", "API request to http://host/api failed"),
        ("http://host/a@b", "http://host/a@b"),
        ("sqlite:////home/me/mlflow.db", "sqlite:////home/me/mlflow.db"),
        ("databricks://profile", "databricks://profile"),
    ],
)
def test_addresses_lose_user_and_password_and_nothing_else(text, bare):
    assert without_credentials(text) == bare


def test_user_and_password_come_back_for_the_same_server_only(monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://me:secret@host:5000/")
    assert with_credentials("http://host:5000") == "http://me:secret@host:5000/"
    assert with_credentials("http://other:5000") == "http://other:5000"


def test_server_gets_the_password_and_no_file_or_sentence_does(tmp_path, monkeypatch):
    seen = []

    class Closed(BaseHTTPRequestHandler):
        def do_GET(self):
            seen.append(self.headers["Authorization"])
            self.send_error(503)

        do_POST = do_GET  # noqa: N815  (the name that http.server looks for)

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Closed)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"http://me:pass-word@127.0.0.1:{server.server_port}")
    try:
        run = start(track=True, folder=tmp_path / "run")
        until(lambda: run.state.is_over and run.notices, 60)
    finally:
        server.shutdown()
        server.server_close()
    assert seen[0] == "Basic " + base64.b64encode(b"me:pass-word").decode()
    assert all("pass-word" not in sentence for sentence in [*run.notices, run.tracking_error or ""])
    files = [path for path in run.folder.rglob("*") if path.is_file()]
    assert any(b"127.0.0.1" in path.read_bytes() for path in files)
    assert all(b"pass-word" not in path.read_bytes() for path in files)
