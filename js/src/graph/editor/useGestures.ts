import { useMemo } from "react";
import type { Data, LayerNode, LayerStack, Palette, PaletteEntry } from "../../wire/types";
import { connect } from "../stack/branches";
import { type Outcome, topmost } from "../stack/chosen";
import { copyText } from "../stack/clipboard";
import * as gestures from "../stack/gestures";
import { duplicateAll, insertAll } from "../stack/inserting";
import { moveAll } from "../stack/moving";
import { flatten, type Item, outline } from "../stack/outline";
import { containerTest, referenceFields, repeatField, wireFields } from "../stack/paletteFacts";
import { type Path, pathName } from "../stack/path";
import { type Healed, removeAll } from "../stack/removing";
import { renameId } from "../stack/renaming";
import { gapAbove, gapBelow } from "../stack/steps";
import { canUnwrap, unwrap } from "../stack/unwrapping";
import { canWrap, wrap } from "../stack/wrapping";

interface Options {
  readonly stack: LayerStack;
  readonly palette: Palette;
  readonly chosen: readonly Item[];
  readonly lead: Item | null;
  readonly onSelect: (keys: readonly string[]) => void;
  /** `step` names what goes on over several changes, such as typing. Tells whether the change was made. */
  readonly onChange: (stack: LayerStack, step?: string) => boolean;
  readonly onHealed: (healed: readonly Healed[]) => void;
}

export type Gestures = ReturnType<typeof useGestures>;

/** What a person can do to the stack; each also selects what it made. */
export function useGestures({ stack, palette, chosen, lead, onSelect, onChange, onHealed }: Options) {
  return useMemo(() => {
    const references = referenceFields(palette);
    const wires = wireFields(palette);
    const isContainer = containerTest(palette);
    const paths = topmost(chosen.map((item) => item.path));
    const block = wrapper(palette);

    const become = ({ stack: next, paths: made }: Outcome): boolean => {
      if (next === stack) return false;
      if (!onChange(next)) return false;
      const names = new Set(made.map(pathName));
      const items = flatten(outline(next, isContainer));
      onSelect(items.filter(({ path }) => names.has(pathName(path))).map(({ key }) => key));
      return true;
    };
    const insert = (nodes: readonly LayerNode[], gap: Path) => become(insertAll(stack, gap, nodes, references));
    const gapAfter = () => gestures.gapAfter(stack, paths.at(-1) ?? null);
    const moveBy = (gap: Path | null) => gap !== null && become(moveAll(stack, paths, gap));

    return {
      block,
      insert,
      append: (nodes: readonly LayerNode[]) => insert(nodes, gapAfter()),
      /** Adds a layer of a type; what reads token ids goes first, where nothing does so yet. */
      appendEntry: ({ newNode, readsTokens }: PaletteEntry) => {
        const isFirst = readsTokens && !stack.some(({ type }) => palette.get(type)?.readsTokens);
        return insert([newNode], isFirst ? [0] : gapAfter());
      },
      move: (items: readonly Item[], gap: Path) => become(moveAll(stack, topmost(items.map((item) => item.path)), gap)),
      moveUp: () => moveBy(gapAbove(stack, paths)),
      moveDown: () => moveBy(gapBelow(stack, paths)),
      remove: () => {
        const outcome = removeAll(stack, paths, wires);
        if (become(outcome)) onHealed(outcome.healed);
      },
      duplicate: () => become(duplicateAll(stack, paths, references)),
      canWrap: block !== undefined && canWrap(paths),
      wrap: () => block && become(wrap(stack, paths, block, wires)),
      canUnwrap: lead !== null && chosen.length === 1 && canUnwrap(stack, lead.path),
      unwrap: () => lead && become(unwrap(stack, lead.path, wires)),
      copied: () => (paths.length === 0 ? null : copyText(stack, paths)),
      setField: (item: Item, name: string, value: unknown) =>
        onChange(gestures.setField(stack, item.path, name, value), `${item.key}.${name}`),
      /** Sets one value in all that are selected. */
      setFields: (name: string, value: unknown) => {
        const next = chosen.reduce((changed, item) => gestures.setField(changed, item.path, name, value), stack);
        return onChange(next, `${chosen.map(({ key }) => key).join(" ")}.${name}`);
      },
      connect: (item: Item, reference: string) =>
        become({ stack: connect(stack, item.path, reference, wires), paths: [item.path] }),
      mend: (item: Item, fields: Data) => onChange(gestures.mend(stack, item.path, fields)),
      setMany: (changes: Readonly<Record<string, Data>>) => onChange(gestures.setMany(stack, changes)),
      rename: (item: Item, id: string) =>
        become({ stack: renameId(stack, item.path, id, references), paths: [item.path] }),
    };
  }, [stack, palette, chosen, lead, onSelect, onChange, onHealed]);
}

/** The block to wrap layers in: repeated once, so that wrapping changes nothing. */
function wrapper(palette: Palette): LayerNode | undefined {
  const entry = [...palette.values()].find(({ container }) => container);
  const repeats = entry && repeatField(palette, entry.type)?.name;
  if (!entry || repeats === undefined) return entry?.newNode;
  return { ...entry.newNode, data: { ...entry.newNode.data, [repeats]: 1 } };
}
