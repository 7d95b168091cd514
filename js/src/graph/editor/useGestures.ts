import { useMemo } from "react";
import type { Data, LayerNode, LayerStack, Palette } from "../../wire/types";
import { connect } from "../stack/branches";
import * as gestures from "../stack/gestures";
import { flatten, type Item, outline } from "../stack/outline";
import { containerTest, referenceFields, wireFields } from "../stack/paletteFacts";
import { nextTo, type Path, samePath } from "../stack/path";

interface Options {
  readonly stack: LayerStack;
  readonly palette: Palette;
  readonly selected: Item | null;
  readonly onSelect: (key: string | null) => void;
  /** `step` names what goes on over several changes, such as typing. */
  readonly onChange: (stack: LayerStack, step?: string) => void;
}

/** What a person can do to the stack; each also selects what it made. */
export function useGestures({ stack, palette, selected, onSelect, onChange }: Options) {
  return useMemo(() => {
    const references = referenceFields(palette);
    const wires = wireFields(palette);
    const isContainer = containerTest(palette);

    const change = (next: LayerStack, select: Path | null) => {
      const chosen = select && flatten(outline(next, isContainer)).find((item) => samePath(item.path, select));
      onChange(next);
      onSelect(chosen?.key ?? null);
    };
    const insert = (node: LayerNode, gap: Path) => change(gestures.insert(stack, gap, node, references), gap);

    return {
      insert,
      append: (node: LayerNode) => insert(node, gestures.gapAfter(stack, selected?.path ?? null)),
      move: (item: Item, gap: Path) => change(gestures.move(stack, item.path, gap), gestures.movedTo(item.path, gap)),
      remove: () => {
        if (!selected) return;
        const next = gestures.remove(stack, selected.path);
        change(next, gestures.afterRemoval(next, selected.path));
      },
      duplicate: () => {
        if (!selected) return;
        const { path } = selected;
        change(gestures.duplicate(stack, path, references), nextTo(path));
      },
      setField: (item: Item, name: string, value: unknown) =>
        onChange(gestures.setField(stack, item.path, name, value), `${item.key}.${name}`),
      connect: (item: Item, reference: string) => change(connect(stack, item.path, reference, wires), item.path),
      mend: (item: Item, fields: Data) => onChange(gestures.mend(stack, item.path, fields)),
    };
  }, [stack, palette, selected, onSelect, onChange]);
}
