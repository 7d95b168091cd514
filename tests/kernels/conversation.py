"""What a notebook's page says to a kernel: run this cell, this button was clicked."""

from __future__ import annotations

import contextlib
import queue
import time
from collections.abc import Callable
from typing import Any

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

_PATIENCE_S = 120
# ipykernel 7.0 to 7.3 now and then leave a request lying until another client connects (ipython/ipykernel#1529 and #1554: a
# reply takes the socket's wake-up). A page that reconnects is such a client, and so is what nudges here.
_NUDGE_S = 2


class Conversation:
    """Talks to one kernel and measures how long its answers take."""

    def __init__(self, manager: KernelManager, client: BlockingKernelClient) -> None:
        self.manager = manager
        self.client = client
        self.nudges = 0

    def run(self, code: str, on_first_text: Callable[[], object] | None = None) -> str:
        """Runs a cell; returns what it wrote. An error in it is raised here.

        Args:
            code: The cell.
            on_first_text: Called once the cell has written something, so that it is known to be at work.
        """
        sent = self.client.execute(code)
        texts: list[str] = []
        has_begun, began = False, time.monotonic()
        while True:
            message = self._answer_to(sent, self.client.get_iopub_msg, None if has_begun else _NUDGE_S)
            if message is None:
                assert not has_begun
                assert time.monotonic() - began < _PATIENCE_S, code
                self.nudge()
                continue
            has_begun, content = True, message["content"]
            if message["msg_type"] == "stream":
                texts.append(content["text"])
                if on_first_text is not None and len(texts) == 1:
                    on_first_text()
            elif message["msg_type"] == "error":
                raise AssertionError("\n".join(content["traceback"]))
            elif message["msg_type"] == "status" and content["execution_state"] == "idle":
                return "".join(texts)

    def time_cell_s(self) -> float:
        """Seconds from sending ``1+1`` to its reply."""
        began = time.perf_counter()
        sent = self.client.execute("1+1", store_history=False)
        while self._from_kernel(self.client.get_shell_msg)["parent_header"].get("msg_id") != sent:
            pass
        return time.perf_counter() - began

    def time_click_s(self, comm_id: str, header: dict[str, Any] | None = None) -> float:
        """Seconds from a click on a button to the change that its callback made."""
        began = time.perf_counter()
        sent = self.click(comm_id, header)
        while True:
            message = self._from_kernel(self.client.get_iopub_msg)
            if message["msg_type"] == "comm_msg" and message["parent_header"].get("msg_id") == sent:
                content = message["content"]["data"]
                if "description" in content.get("state", {}) and content.get("method") == "update":
                    return time.perf_counter() - began

    def until_it_says(self, code: str, wanted: str) -> None:
        """Runs a cell again and again until it writes what is wanted: cells that end at once, so the kernel lives between."""
        deadline = time.monotonic() + _PATIENCE_S
        while (said := self.run(code).strip()) != wanted:
            assert time.monotonic() < deadline, said
            time.sleep(0.1)

    def click(self, comm_id: str, header: dict[str, Any] | None = None) -> str:
        """Sends what a page sends when a button is clicked; returns the message's id."""
        content = {"comm_id": comm_id, "data": {"method": "custom", "content": {"event": "click"}}}
        message = self.client.session.msg("comm_msg", content)
        message["header"].update(header or {})
        self.client.shell_channel.send(message)
        return message["header"]["msg_id"]

    def nudge(self) -> None:
        """Connects another client for a moment: a request that lies in the kernel is taken up then."""
        self.nudges += 1
        other = self.manager.client()
        other.start_channels(iopub=False, stdin=False, hb=False, control=False)
        other.kernel_info()
        other.stop_channels()

    def subshell(self) -> str | None:
        """Opens a subshell as JupyterLab does; None where the kernel has none."""
        message = self.client.session.msg("kernel_info_request", {})
        info = self._asked_on_control(message)
        if "kernel subshells" not in info.get("supported_features", []):
            return None
        return self._asked_on_control(self.client.session.msg("create_subshell_request", {}))["subshell_id"]

    def _asked_on_control(self, message: dict[str, Any]) -> dict[str, Any]:
        self.client.control_channel.send(message)
        while True:
            answer = self._from_kernel(self.client.get_control_msg)
            if answer["parent_header"].get("msg_id") == message["header"]["msg_id"]:
                return answer["content"]

    def _answer_to(
        self, sent: str, get: Callable[..., dict[str, Any]], within_s: float | None
    ) -> dict[str, Any] | None:
        """The next answer to a message; None where none came in time."""
        deadline = time.monotonic() + (within_s or _PATIENCE_S)
        while (rest_s := deadline - time.monotonic()) > 0:
            with contextlib.suppress(queue.Empty):
                message = get(timeout=rest_s)
                if message["parent_header"].get("msg_id") == sent:
                    return message
        return None

    def _from_kernel(self, get: Callable[..., dict[str, Any]]) -> dict[str, Any]:
        return get(timeout=_PATIENCE_S)
