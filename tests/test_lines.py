"""Lines of JSON on a disk that fails, and beside others who write."""

import errno
import os

import pytest

from slm_widgets import lines
from slm_widgets.lines import LineWriter


def test_lines_that_another_writer_appended_stay(tmp_path):
    first, second = LineWriter(tmp_path / "lines"), LineWriter(tmp_path / "lines")
    first.write([1, 2])
    second.write([3])
    first.write([4])
    second.write([5])
    assert (tmp_path / "lines").read_text() == "1\n2\n3\n4\n5\n"


def test_a_file_that_somebody_emptied_stays_as_short(tmp_path):
    writer = LineWriter(tmp_path / "lines")
    writer.write([1, 2])
    (tmp_path / "lines").write_text("")
    writer.write([3])
    assert (tmp_path / "lines").read_text() == "3\n"


@pytest.mark.parametrize("cannot_be_taken_back", [False, True])
def test_a_call_that_failed_left_nothing_and_may_be_repeated(tmp_path, monkeypatch, cannot_be_taken_back):
    writer = LineWriter(tmp_path / "lines")
    writer.write([1])

    def half(file, data):
        os.write(file, data[: len(data) * 2 // 3])  # whole lines and a part of one
        if cannot_be_taken_back:
            monkeypatch.setattr(os, "ftruncate", refuses)
        raise OSError(errno.ENOSPC, "No space left on device")

    def refuses(*_):
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(lines, "_write_all", half)
        with pytest.raises(OSError, match=r"No space|Input/output"):
            writer.write([20, 30, 40])
    monkeypatch.undo()
    writer.write([20, 30, 40])
    assert (tmp_path / "lines").read_text() == "1\n20\n30\n40\n"


def test_half_a_line_that_a_killed_process_left_is_taken_away(tmp_path):
    (tmp_path / "lines").write_text('1\n{"half')
    LineWriter(tmp_path / "lines").write([2])
    assert (tmp_path / "lines").read_text() == "1\n2\n"
