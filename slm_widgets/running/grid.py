"""What a sweep is told to try: designs, and the settings and layer fields that are another in each run."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from slm_widgets.errors import ConfigError
from slm_widgets.language import say
from slm_widgets.stack import LayerStack
from slm_widgets.stack.check import examine
from slm_widgets.stack.layer_fields import EVERY

MOST_RUNS = 200
"""More would not be looked at one by one, and wait for days."""
_LONGEST_VALUE = 24


@dataclass(frozen=True)
class Combination:
    """One run of a sweep, before anything of it is read.

    Args:
        name: What differs, in words.
        design: A design as ``train`` takes it.
        settings: The fields of the TrainConfig that are set.
        layers: The fields of layers that are set, by ``"<layer id>.<field>"`` or ``"*.<field>"``.
    """

    name: str
    design: Any
    settings: Mapping[str, Any]
    layers: Mapping[str, Any]


def combinations(stacks: Any, grid: Any) -> list[Combination]:
    """Every design with every combination of the grid, in order: the last key changes fastest.

    Args:
        stacks: A design, a list of designs, or a dict of them by name.
        grid: A dict of lists (every value with every other), or a list of dicts (as they are). None: the designs alone.

    Raises:
        ConfigError: for a grid that is none, is empty, tries the same thing twice, or is larger than ``MOST_RUNS`` runs.
    """
    designs = named_designs(stacks)
    tried = _tried(grid, len(designs))
    names = _names(list(designs), tried)
    return [
        Combination(name, design, *_parted(values))
        for name, (design, values) in zip(names, itertools.product(designs.values(), tried), strict=True)
    ]


def named_designs(stacks: Any) -> dict[str, Any]:
    """The designs by name; those without one of their own by number.

    Raises:
        ConfigError: where there is none.
    """
    if isinstance(stacks, Mapping) and examine(dict(stacks)).refused:
        found = {str(name): design for name, design in stacks.items()}
    elif isinstance(stacks, str | Path | LayerStack | Mapping) or not isinstance(stacks, Iterable):
        found = {_name_of(stacks): stacks}
    else:
        designs = list(stacks)
        is_nodes = any(isinstance(item, Mapping) and "type" in item for item in designs)
        found = {_name_of(designs): designs} if is_nodes else _numbered(designs)
    if not found:
        raise ConfigError(
            say(
                en="There is no design to train: stacks is empty. Give a design, a list of designs, or a dict of them by name.",
                ko="학습할 설계가 없습니다. stacks가 비어 있습니다. 설계 하나나 설계의 목록, 이름이 붙은 dict를 주세요.",
            ),
            field="stacks",
        )
    return found


def value_text(value: Any) -> str:
    """A value as it stands in a name or a table: short, and the same in every language."""
    if isinstance(value, float):
        return f"{value:g}"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"


# -- reading -------------------------------------------------------------------------------------------------------------


def _numbered(designs: Sequence[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for design in designs:
        name = _name_of(design)
        number = next(n for n in itertools.count(1) if (name if n == 1 else f"{name} {n}") not in found)
        found[name if number == 1 else f"{name} {number}"] = design
    return found


def _name_of(design: Any) -> str:
    """What a design is called, as well as can be told without complaining about it."""
    if isinstance(design, LayerStack):
        return design.name
    if isinstance(design, Path) or (isinstance(design, str) and not design.lstrip().startswith(("[", "{"))):
        return Path(design).stem if str(design).endswith(".json") else str(design)
    return str(examine(design).config.get("name") or "model")


def _tried(grid: Any, designs: int) -> list[dict[str, Any]]:
    if grid is None:
        tried = [{}]
        _check_count(designs)
    elif isinstance(grid, Mapping):
        values = {str(key): _values(str(key), given) for key, given in grid.items()}
        _check_count(designs * math.prod(map(len, values.values())))
        tried = [dict(zip(values, chosen, strict=True)) for chosen in itertools.product(*values.values())]
    else:
        dicts: list[Any] = list(grid) if isinstance(grid, Iterable) and not isinstance(grid, str) else [grid]
        if not dicts or not all(isinstance(each, Mapping) for each in dicts):
            raise ConfigError(
                say(
                    en=f'grid is {value_text(grid)}, but it must be a dict of lists, such as {{"lr": [0.001, 0.003]}}, or a list '
                    "of dicts, one for each run.",
                    ko=f'grid 값이 {value_text(grid)}인데, {{"lr": [0.001, 0.003]}} 같은 목록의 dict이거나 실행마다 하나씩인 '
                    "dict의 목록이어야 합니다.",
                ),
                field="grid",
            )
        tried = [{str(key): _plain(value) for key, value in each.items()} for each in dicts]
        _check_count(designs * len(tried))
    _check_distinct(tried)
    return tried


def _values(key: str, given: Any) -> list[Any]:
    values = list(given) if isinstance(given, Iterable) and not isinstance(given, str | Mapping) else None
    if values:
        return [_plain(value) for value in values]
    raise ConfigError(
        say(
            en=f"{key} is {value_text(_plain(given))}, but in a grid it must be a list of the values to try, with at least one.",
            ko=f"{key} 값이 {value_text(_plain(given))}인데, grid에서는 시도할 값이 하나 이상 든 목록이어야 합니다.",
        ),
        field=key,
    )


def _plain(value: Any) -> Any:
    """numpy's and torch's numbers as Python's, so that documents and files can hold them."""
    return value.item() if hasattr(value, "item") and callable(value.item) else value


def _check_count(count: int) -> None:
    if count > MOST_RUNS:
        raise ConfigError(
            say(
                en=f"This sweep would be {count:,} runs, but at most {MOST_RUNS} are taken at once. Try fewer values of each "
                "setting, or give a list of dicts with the combinations that matter.",
                ko=f"이 비교는 실행이 {count:,}개나 됩니다. 한 번에 {MOST_RUNS}개까지 할 수 있습니다. 설정마다 시도할 값을 줄이거나, "
                "필요한 조합만 dict의 목록으로 주세요.",
            ),
            field="grid",
        )


def _check_distinct(tried: list[dict[str, Any]]) -> None:
    seen: set[str] = set()
    for values in tried:
        written = json.dumps(values, sort_keys=True, default=repr)
        if written in seen:
            told = ", ".join(f"{key}={value_text(value)}" for key, value in values.items()) or "{}"
            raise ConfigError(
                say(
                    en=f"{told} is in the grid twice. With the same seed the second run would be the first one again: take it "
                    'out, or try several seeds with "seed": [0, 1, 2].',
                    ko=f"grid에 {told}이(가) 두 번 있습니다. 시드가 같으면 두 번째 실행은 첫 번째와 똑같습니다. 하나를 빼거나 "
                    '"seed": [0, 1, 2]처럼 시드를 바꿔 보세요.',
                ),
                field=next(iter(values), "grid"),
            )
        seen.add(written)


def _parted(values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """-> (settings, fields of layers): a key with a dot names a layer, any other a setting."""
    settings = {key: value for key, value in values.items() if "." not in key}
    return settings, {key: value for key, value in values.items() if "." in key}


# -- names ---------------------------------------------------------------------------------------------------------------


def _names(designs: Sequence[str], tried: Sequence[Mapping[str, Any]]) -> list[str]:
    keys = list(dict.fromkeys(key for values in tried for key in values))
    differing = [
        key for key in keys if len({value_text(values[key]) if key in values else None for values in tried}) > 1
    ]
    written = [", ".join(_setting(key, values) for key in differing if key in values) for values in tried]
    if len(designs) == 1:
        return [words or _unchanged(designs[0], len(tried)) for words in written]
    return [f"{design}: {words}" if words else design for design in designs for words in written]


def _setting(key: str, values: Mapping[str, Any]) -> str:
    return f"{key.removeprefix(EVERY + '.')}={value_text(values[key])}"


def _unchanged(design: str, count: int) -> str:
    return design if count == 1 else say(en="unchanged", ko="그대로")
