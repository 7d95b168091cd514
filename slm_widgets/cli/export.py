"""``slm-widgets export``: a design as PyTorch code, a trained run as a Hugging Face folder."""

from __future__ import annotations

import argparse
from pathlib import Path

from slm_widgets.errors import ConfigError
from slm_widgets.export import export_code, export_huggingface
from slm_widgets.files import write_text
from slm_widgets.language import say
from slm_widgets.library import SavedRun, load_run
from slm_widgets.library.run_folder import WEIGHTS
from slm_widgets.stack import LayerStack, parse_stack, preset


def main(arguments: argparse.Namespace) -> int:
    """Writes what was asked for and says where it lies."""
    if arguments.code is None and arguments.huggingface is None:
        raise ConfigError(
            say(
                en="Say what to write: --code model.py, --huggingface FOLDER, or both.",
                ko="무엇을 쓸지 정하세요: --code model.py, --huggingface 폴더, 또는 둘 다.",
            ),
            field="export",
        )
    run, stack = _read(arguments.source)
    if arguments.huggingface is not None:
        if run is None:
            raise ConfigError(
                say(
                    en=f"{arguments.source} is a design without weights; a Hugging Face folder needs a trained run. Give the folder "
                    "of a run.",
                    ko=f"{arguments.source}은(는) 가중치가 없는 설계입니다. Hugging Face 폴더에는 학습한 실행이 필요하니 실행 폴더를 주세요.",
                ),
                field="huggingface",
            )
        folder = export_huggingface(run, Path(arguments.huggingface).expanduser(), overwrite=arguments.overwrite)
        print(say(en=f"The Hugging Face folder: {folder}", ko=f"Hugging Face 폴더: {folder}"))
    if arguments.code is not None:
        path = Path(arguments.code).expanduser()
        _write(path, export_code(stack), arguments.overwrite)
        print(say(en=f"The code: {path}", ko=f"코드: {path}"))
        if run is not None:
            print(say(en=f"Its weights: {run.folder / WEIGHTS}", ko=f"가중치: {run.folder / WEIGHTS}"))
    return 0


def _write(path: Path, code: str, overwrite: bool) -> None:
    if path.exists() and not overwrite:
        raise ConfigError(
            say(
                en=f"{path} is there already. Choose another name, or add --overwrite.",
                ko=f"{path} 파일이 이미 있습니다. 다른 이름을 고르거나 --overwrite를 붙이세요.",
            ),
            field="code",
        )
    try:
        write_text(path, code)
    except OSError as error:
        raise ConfigError(
            say(
                en=f"{path} cannot be written: {error.strerror}. Choose a folder that exists and that you may write to.",
                ko=f"{path} 파일을 쓸 수 없습니다: {error.strerror}. 쓸 수 있는 폴더를 고르세요.",
            ),
            field="code",
        ) from error


def _read(source: str) -> tuple[SavedRun | None, LayerStack]:
    """A run's folder, a saved design or a preset's name, whichever it is."""
    path = Path(source).expanduser()
    if path.is_dir():
        run = load_run(path)
        return run, run.stack
    if not path.exists() and path.name == source and not path.suffix:
        return None, preset(source)
    return None, parse_stack(path)
