"""The file that keeps a drawing, with everything that happens to files."""

from __future__ import annotations

import json
import os
import resource
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from slm_widgets.language import use_language
from slm_widgets.stack import preset
from slm_widgets.widgets.editor.design_file import DesignFile

NOBODY = 65534
FIXTURES = Path(__file__).parents[2] / "fixtures" / "stacks"


def design(name: str = "mine", rate: float = 0.1) -> tuple[list[Any], dict[str, Any]]:
    nodes = [
        {"type": "tokenEmbedding", "data": {"id": "tokens", "embDim": 8}},
        {"type": "dropout", "data": {"id": "drop", "dropoutRate": rate}},
        {"type": "linear", "data": {"id": "head", "bias": False}},
    ]
    return nodes, {"name": name}


def put(path: Path, name: str, rate: float = 0.5) -> bytes:
    """What git or another editor writes: the same design in another hand's spelling."""
    layers, config = design(name, rate)
    path.write_text(json.dumps({"version": 1, "layer_stack": layers, "config": config, "format": "slm-widgets"}))
    return path.read_bytes()


def rate_in(path: Path) -> float:
    return json.loads(path.read_text(encoding="utf-8"))["layer_stack"][1]["data"]["dropoutRate"]


def backups(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir() if ".bak" in entry.name)


@pytest.fixture
def kept(tmp_path: Path) -> DesignFile:
    """A file with our drawing (rate 0.1) in it."""
    file = DesignFile(tmp_path / "ps1.slm.json")
    assert file.save(design()).state == "saved"
    return file


# -- nobody else ------------------------------------------------------------------------------------------------------------


def test_a_new_file_waits_for_the_first_change_and_that_is_no_trouble(tmp_path: Path) -> None:
    file = DesignFile(tmp_path / "new.slm.json")
    assert (file.state.state, file.state.is_trouble) == ("unsaved", False)
    assert file.check(design()) == file.state
    assert os.listdir(tmp_path) == []


def test_what_is_saved_is_read_again(kept: DesignFile) -> None:
    layers, config = DesignFile(kept.path).read()
    assert (layers, config) == design()
    assert kept.state.is_trouble is False


def test_each_change_is_saved_and_nothing_else_is_left_in_the_folder(kept: DesignFile) -> None:
    for rate in (0.2, 0.3, 0.4):
        assert kept.save(design(rate=rate)).state == "saved"
        assert rate_in(kept.path) == rate
    assert os.listdir(kept.path.parent) == ["ps1.slm.json"]


def test_a_drawing_that_is_there_already_is_not_written_again(kept: DesignFile) -> None:
    before = kept.path.stat()
    kept.save(design())
    assert kept.path.stat() == before


def test_a_change_made_in_place_is_a_change(kept: DesignFile) -> None:
    layers, config = design()
    kept.save((layers, config))
    layers[1]["data"]["dropoutRate"] = 0.9
    kept.save((layers, config))
    assert rate_in(kept.path) == 0.9


def test_a_link_stays_a_link_and_a_mode_stays_a_mode(tmp_path: Path) -> None:
    shared = tmp_path / "shared.slm.json"
    put(shared, "teacher")
    shared.chmod(0o664)
    link = tmp_path / "mine.slm.json"
    link.symlink_to(shared)
    file = DesignFile(link)
    file.read()
    assert file.save(design(rate=0.2)).state == "saved"
    assert link.is_symlink()
    assert rate_in(shared) == 0.2
    assert stat.S_IMODE(shared.stat().st_mode) == 0o664


# -- somebody else -----------------------------------------------------------------------------------------------------------


def test_what_somebody_else_wrote_is_never_written_over(kept: DesignFile) -> None:
    theirs = put(kept.path, "theirs")
    for rate in (0.2, 0.3):
        state = kept.save(design(rate=rate))
        assert (state.state, state.is_trouble) == ("changed underneath", True)
        assert kept.path.name in str(state.text)
        assert kept.path.read_bytes() == theirs
    assert backups(kept.path.parent) == []


def test_a_change_within_the_same_size_and_time_is_seen_at_the_next_save(kept: DesignFile) -> None:
    status = kept.path.stat()
    text = kept.path.read_text(encoding="utf-8").replace("0.1", "0.7")
    with kept.path.open(
        "r+", encoding="utf-8"
    ) as file:  # the same inode, size and time: nothing to be seen at a glance
        file.write(text)
    os.utime(kept.path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert kept.save(design(rate=0.2)).state == "changed underneath"
    assert rate_in(kept.path) == 0.7


def test_a_look_finds_a_change_while_nothing_is_drawn(kept: DesignFile) -> None:
    put(kept.path, "theirs")
    assert kept.check(design()).state == "changed underneath"


def test_a_file_that_is_put_back_is_no_trouble_any_more(kept: DesignFile) -> None:
    ours = kept.path.read_bytes()
    put(kept.path, "theirs")
    kept.check(design())
    kept.path.write_bytes(ours)
    assert kept.check(design()).state == "saved"
    put(kept.path, "theirs")
    kept.save(design(rate=0.2))
    kept.path.write_bytes(ours)
    assert kept.check(design(rate=0.2)).state == "saved"  # what was drawn meanwhile is saved now
    assert rate_in(kept.path) == 0.2


def test_another_spelling_of_the_same_design_is_no_change(kept: DesignFile) -> None:
    put(kept.path, "mine", 0.1)
    assert kept.check(design()).state == "saved"
    assert kept.save(design(rate=0.2)).state == "saved"
    assert rate_in(kept.path) == 0.2


def test_only_touching_a_file_is_no_change(kept: DesignFile) -> None:
    os.utime(kept.path, (1, 1))
    assert kept.check(design()).state == "saved"


def test_mine_is_kept_and_theirs_is_beside_it(kept: DesignFile) -> None:
    theirs = put(kept.path, "theirs")
    kept.save(design(rate=0.2))
    assert kept.save(design(rate=0.2), overwrite=True).state == "saved"
    assert rate_in(kept.path) == 0.2
    assert kept.path.with_name("ps1.slm.json.bak").read_bytes() == theirs
    assert kept.save(design(rate=0.3)).state == "saved"  # and so it goes on


def test_backups_never_write_over_each_other(kept: DesignFile) -> None:
    contents = []
    for rate in (0.6, 0.7, 0.6):
        contents.append(put(kept.path, "theirs", rate))
        kept.save(design(), overwrite=True)
    found = {(kept.path.parent / name).read_bytes() for name in backups(kept.path.parent)}
    assert set(contents) <= found


def test_their_version_is_taken_and_mine_is_beside_it(kept: DesignFile) -> None:
    put(kept.path, "theirs")
    ours = design(rate=0.2)
    kept.save(ours)
    taken = kept.peek()
    kept.put_aside(ours)
    assert kept.save(taken).state == "saved"
    assert rate_in(kept.path) == 0.5
    assert rate_in(kept.path.with_name("ps1.slm.json.bak")) == 0.2


def test_a_file_that_appears_where_none_was_is_somebody_elses(tmp_path: Path) -> None:
    file = DesignFile(tmp_path / "new.slm.json")
    theirs = put(file.path, "theirs")
    assert file.save(design()).state == "changed underneath"
    assert file.path.read_bytes() == theirs


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"\xff\xfe\x00", b'"gpt2-nano"', b"gpt2-nano", b"null", b"[" * 5000, b"<<<<<<< HEAD\n{}\n=======\n"],
    ids=lambda content: repr(content[:12]),
)
def test_what_is_no_design_is_left_alone_and_kept_when_it_is_overwritten(kept: DesignFile, content: bytes) -> None:
    kept.path.write_bytes(content)
    state = kept.save(design(rate=0.2))
    assert state.state == "unreadable"
    assert kept.path.read_bytes() == content
    with use_language("ko"):
        assert "덮어쓰" in str(state.text)
    assert kept.save(design(rate=0.2), overwrite=True).state == "saved"
    assert kept.path.with_name("ps1.slm.json.bak").read_bytes() == content


def test_the_name_of_another_file_in_a_file_is_not_followed(kept: DesignFile, tmp_path: Path) -> None:
    other = tmp_path / "other.slm.json"
    put(other, "other")
    kept.path.write_text(str(other))
    assert kept.save(design(rate=0.2)).state == "unreadable"


def test_of_two_editors_on_one_file_the_second_is_told(tmp_path: Path) -> None:
    one, other = DesignFile(tmp_path / "a.slm.json"), DesignFile(tmp_path / "a.slm.json")
    one.save(design(rate=0.2))
    assert other.save(design(rate=0.3)).state == "changed underneath"
    assert rate_in(one.path) == 0.2
    other.save(design(rate=0.3), overwrite=True)
    assert one.check(design(rate=0.2)).state == "changed underneath"
    assert one.save(design(rate=0.3)).state == "saved"  # both draw the same: no quarrel


# -- what the system refuses ---------------------------------------------------------------------------------------------------


def test_a_deleted_file_is_told_and_written_again_at_the_next_change(kept: DesignFile) -> None:
    kept.path.unlink()
    state = kept.check(design())
    assert (state.state, state.is_trouble) == ("gone", True)
    assert not kept.path.exists()
    assert kept.save(design(rate=0.2)).state == "saved"
    assert rate_in(kept.path) == 0.2


def test_a_deleted_folder_is_told_and_used_again_when_it_is_back(kept: DesignFile) -> None:
    shutil.rmtree(kept.path.parent)
    state = kept.save(design(rate=0.2))
    assert state.state == "unsaved"
    assert str(kept.path) in str(state.text)
    kept.path.parent.mkdir()
    assert kept.save(design(rate=0.3)).state == "saved"


def test_a_folder_in_its_place_is_told(kept: DesignFile) -> None:
    kept.path.unlink()
    kept.path.mkdir()
    assert kept.save(design(rate=0.2), overwrite=True).state == "unsaved"
    assert kept.path.is_dir()


def test_a_pipe_in_its_place_is_not_waited_for(kept: DesignFile) -> None:
    kept.path.unlink()
    os.mkfifo(kept.path)
    assert kept.save(design(rate=0.2)).state == "unsaved"
    assert kept.check(design(rate=0.2)).state == "unsaved"


@contextmanager
def as_nobody(folder: Path, mode: int) -> Iterator[None]:
    """With a folder that may not be written to. Root may write anywhere, so it becomes somebody else for the while."""
    folder.chmod(mode)
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)
        folder.chmod(0o755)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everyone may look into; pytest's own is hidden from others."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def test_a_folder_that_may_not_be_written_to_is_told_and_tried_again(open_folder: Path) -> None:
    file = DesignFile(open_folder / "a.slm.json")
    file.save(design())
    with as_nobody(open_folder, 0o555):
        state = file.save(design(rate=0.2))
        assert state.state == "unsaved"
        assert os.strerror(13) in str(state.text)
        assert rate_in(file.path) == 0.1
        put_aside = file.put_aside(design(rate=0.2))
        assert put_aside is None
    assert file.check(design(rate=0.2)).state == "saved"
    assert rate_in(file.path) == 0.2
    assert os.listdir(open_folder) == ["a.slm.json"]


def test_a_file_that_is_protected_is_not_replaced(open_folder: Path) -> None:
    file = DesignFile(open_folder / "a.slm.json")
    file.save(design())
    file.path.chmod(0o444)
    with as_nobody(open_folder, 0o777):
        assert file.save(design(rate=0.2)).state == "unsaved"
    assert rate_in(file.path) == 0.1


@contextmanager
def no_room(bytes_left: int) -> Iterator[None]:
    """No file may grow beyond this: the write itself fails half way, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_left, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_write_that_breaks_off_leaves_the_file_as_it_was(kept: DesignFile) -> None:
    before = kept.path.read_bytes()
    with no_room(100):
        assert kept.save(design(rate=0.2)).state == "unsaved"
        assert kept.path.read_bytes() == before
        assert os.listdir(kept.path.parent) == ["ps1.slm.json"]
    assert kept.check(design(rate=0.2)).state == "saved"


def test_without_room_for_the_backup_nothing_is_overwritten(kept: DesignFile) -> None:
    theirs = put(kept.path, "theirs")
    with no_room(100):
        assert kept.save(design(rate=0.2), overwrite=True).state == "unsaved"
        assert kept.path.read_bytes() == theirs


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=32k", "tmpfs", disk], capture_output=True)
    if mounted.returncode:
        pytest.skip("no disk may be mounted here")
    try:
        file = DesignFile(disk / "a.slm.json")
        file.save(design())
        (disk / "rest").write_bytes(bytes(24 * 1024))
        large = design()[0] + [{"type": "dropout", "data": {"id": f"d{n}", "dropoutRate": 0.1}} for n in range(500)]
        state = file.save((large, {}))
        assert state.state == "unsaved"
        assert os.strerror(28) in str(state.text)
        assert rate_in(file.path) == 0.1
        (disk / "rest").unlink()
        (disk / "a.slm.json").unlink()
        assert file.save(design(rate=0.2)).state == "saved"
    finally:
        subprocess.run(["umount", disk], check=True)


@pytest.mark.parametrize("odd", [{"name": {1, 2}}, {"name": "\ud800"}, {1: object()}], ids=["set", "half", "object"])
def test_what_cannot_be_written_is_told_and_the_file_stays(kept: DesignFile, odd: dict[Any, Any]) -> None:
    before = kept.path.read_bytes()
    assert kept.save((design()[0], odd)).state == "unsaved"
    assert kept.path.read_bytes() == before


# -- every dialect ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fixture", sorted(FIXTURES.glob("*.json")), ids=lambda path: path.stem)
def test_a_file_in_any_dialect_is_only_written_when_something_is_drawn(tmp_path: Path, fixture: Path) -> None:
    path = tmp_path / fixture.name
    shutil.copy(fixture, path)
    file = DesignFile(path)
    layers, config = file.read()
    assert file.save((layers, config)).state == "saved"
    assert path.read_bytes() == fixture.read_bytes()
    assert file.save((preset("gpt2-nano").layers, config)).state == "saved"
    assert json.loads(path.read_text(encoding="utf-8"))["layer_stack"] == preset("gpt2-nano").layers
