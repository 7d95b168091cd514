"""Reading ``config.json``: a file from elsewhere, so that every value is looked at before it is used."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from slm_widgets.errors import CheckpointError
from slm_widgets.language import Text, say
from slm_widgets.layers.place import LARGEST_VOCABULARY

FILE_NAME = "config.json"

_WHOLE = Text(en="a whole number from 1 to {most}", ko="1부터 {most}까지의 정수")
_NUMBER = Text(en="a finite number", ko="유한한 수")
_FLAG = Text(en="true or false", ko="true 또는 false")
_GROUP = Text(en="a group of settings", ko="설정의 묶음")
_LIST = Text(en="a list", ko="목록")


class ConfigFile:
    """The settings of a checkpoint. ``null`` means absent, unless a method says otherwise.

    Args:
        values: The settings.
        path: Where they stand, for the sentences; nested settings give the path of their file.
        inside: The setting that these are nested in, as ``"rope_parameters."``; empty for the file itself.
    """

    def __init__(self, values: dict[str, Any], path: Path, inside: str = "") -> None:
        self.values, self.path, self.inside = values, path, inside

    @classmethod
    def read(cls, folder: Path) -> ConfigFile:
        """Reads the ``config.json`` of a folder.

        Raises:
            CheckpointError: where there is none, or it holds no JSON object.
        """
        path = folder / FILE_NAME
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise CheckpointError(
                say(
                    en=f"There is no {path}. Give the folder of a Hugging Face model: config.json and model.safetensors stand in it.",
                    ko=f"{path} 파일이 없습니다. config.json과 model.safetensors가 든 Hugging Face 모델 폴더를 주세요.",
                ),
                field="folder",
            ) from error
        except (
            OSError,
            ValueError,
            RecursionError,
        ) as error:  # ValueError: no UTF-8, no JSON, or a number of 5,000 digits
            raise CheckpointError(
                say(
                    en=f"{path} cannot be read ({error}). Copy the model's folder again.",
                    ko=f"{path} 파일을 읽을 수 없습니다({error}). 모델 폴더를 다시 복사하세요.",
                ),
                field="folder",
            ) from error
        if not isinstance(values, dict):
            raise CheckpointError(
                say(
                    en=f"{path} must hold an object of settings; it holds a {type(values).__name__}.",
                    ko=f"{path} 파일에는 설정의 묶음이 있어야 하는데 {type(values).__name__}이(가) 들어 있습니다.",
                ),
                field="folder",
            )
        return cls(values, path)

    def has(self, name: str) -> bool:
        """Whether it is said, ``null`` included."""
        return name in self.values

    def whole(self, name: str, default: int | None = None, most: int = LARGEST_VOCABULARY) -> int:
        """A size, from 1 to ``most``; without a default it must be there."""
        value = self._value(name, default)
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
            raise self.wrong(name, str(_WHOLE).format(most=f"{most:,}"))
        return value

    def whole_or_none(self, name: str, absent: int | None = None) -> int | None:
        """A size, or None where the file says ``null``; ``absent`` is meant where it says nothing."""
        value = self.values.get(name, absent)
        return None if value is None else self.whole(name, absent)

    def number(self, name: str, default: float | None = None) -> float:
        """A number; without a default it must be there."""
        value = self._value(name, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise self.wrong(name, str(_NUMBER))
        return float(value)

    def flag(self, name: str, default: bool) -> bool:
        """A switch."""
        value = self._value(name, default)
        if not isinstance(value, bool):
            raise self.wrong(name, str(_FLAG))
        return value

    def text(self, name: str, default: str, allowed: Sequence[str]) -> str:
        """One of a few words."""
        value = self._value(name, default)
        if value not in allowed:
            raise self.wrong(name, " / ".join(allowed))
        return value

    def list_of(self, name: str) -> list[Any] | None:
        """A list whose entries nobody has looked at yet, or None."""
        value = self.values.get(name)
        if value is not None and not isinstance(value, list):
            raise self.wrong(name, str(_LIST))
        return value

    def group(self, name: str) -> ConfigFile | None:
        """Nested settings, or None where there are none."""
        value = self.values.get(name)
        if value is not None and not isinstance(value, dict):
            raise self.wrong(name, str(_GROUP))
        return ConfigFile(value, self.path, f"{self.inside}{name}.") if value else None

    def wrong(self, name: str, wanted: str) -> CheckpointError:
        """The error about one value: what it is, and what it may be."""
        spelled = f"{self.inside}{name}"
        if self.values.get(name) is None:
            return CheckpointError(
                say(
                    en=f"{self.path}: {spelled} is missing; it must be {wanted}.",
                    ko=f"{self.path}: {spelled} 값이 없습니다. 넣을 수 있는 값: {wanted}.",
                ),
                field=spelled,
            )
        value = repr(self.values[name])
        value = value if len(value) <= 60 else f"{value[:57]}..."
        return CheckpointError(
            say(
                en=f"{self.path}: {spelled} is {value}, but slm_widgets can read only: {wanted}.",
                ko=f"{self.path}: {spelled} 값이 {value}인데, slm_widgets가 읽을 수 있는 값은 다음과 같습니다: {wanted}.",
            ),
            field=spelled,
        )

    def _value(self, name: str, default: Any) -> Any:
        value = self.values.get(name)
        return default if value is None else value
