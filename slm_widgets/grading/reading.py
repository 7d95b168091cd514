"""From what a test cell names to a design, or to the sentence that says why there is none."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from slm_widgets.errors import GradingError, LayerStackError
from slm_widgets.language import say
from slm_widgets.stack import LayerStack, parse_stack


def read_design(design: LayerStack | str | os.PathLike[str] | list[Any] | dict[str, Any]) -> LayerStack:
    """Reads a design that was handed in.

    Args:
        design: The path of a saved drawing, or a design as ``parse_stack`` takes it.

    Raises:
        GradingError: for a drawing that was never saved, and one that cannot be built.
    """
    path = _path(design)
    if path is not None and not path.exists():
        raise GradingError(
            say(
                en=f"There is no drawing {path.name} in {path.absolute().parent}: it was never saved. Run the cell with "
                f'GraphEditor(path="{path.name}") and draw in it: every change is saved beside the notebook.',
                ko=f"{path.absolute().parent}에 {path.name} 설계 파일이 없습니다. 한 번도 저장되지 않았습니다. "
                f'GraphEditor(path="{path.name}") 셀을 실행하고 그 안에 그리세요. 바꿀 때마다 노트북 옆에 저장됩니다.',
            )
        )
    try:
        return parse_stack(path if path is not None else design)
    except LayerStackError as error:
        raise cannot_be_built(error, path) from error


def cannot_be_built(error: LayerStackError, path: Path | None = None) -> GradingError:
    """The problems of a design, as a check that was not passed."""
    what = say(en="This design", ko="이 설계") if path is None else path.name
    lines = "\n".join(f"- {problem.message}" for problem in error.problems)
    return GradingError(
        say(
            en=f"{what} cannot be built yet:\n{lines}\nOpen it in the editor, mend this there, and run this cell again.",
            ko=f"{what}: 아직 모델을 만들 수 없습니다.\n{lines}\n편집기에서 열어 고친 뒤 이 셀을 다시 실행하세요.",
        ),
        layer_id=error.layer_id,
        field=error.field,
    )


def _path(design: Any) -> Path | None:
    is_text = isinstance(design, str)
    if isinstance(design, os.PathLike) or (is_text and design.lstrip()[:1] not in ("[", "{")):
        return Path(design).expanduser()
    return None
