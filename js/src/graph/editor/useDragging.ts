import { type PointerEvent, type RefObject, useCallback, useMemo } from "react";
import type { Palette, Rules, Texts } from "../../wire/types";
import { edgeSpeed } from "../drawing/edgeSpeed";
import type { Fork, Layout } from "../drawing/layout";
import { nodeTitle } from "../drawing/summary";
import { type Dragged, type Target, useDrag } from "../drawing/useDrag";
import type { View } from "../drawing/useView";
import { flatten, type Item } from "../stack/outline";
import { wireFields } from "../stack/paletteFacts";
import { whyNotConnect } from "../stack/whyNotConnect";
import type { Gestures } from "./useGestures";
import type { Selection } from "./useSelection";

interface Options {
  readonly rootRef: RefObject<HTMLElement | null>;
  readonly paneRef: RefObject<HTMLElement | null>;
  readonly items: readonly Item[];
  readonly layout: Layout;
  readonly palette: Palette;
  readonly texts: Texts;
  readonly view: View;
  readonly selection: Selection;
  readonly gestures: Gestures;
  readonly rules: Rules;
}

/** What is dragged, where it would go, and what letting it go does. */
export function useDragging(options: Options) {
  const { rootRef, paneRef, items, layout, palette, texts, view, selection, gestures, rules } = options;

  const onDrop = (dragged: Dragged, target: Target) => {
    // The stack may have changed under the pointer: a node is wherever it is now.
    const now = (item: Item) => flatten(items).find(({ key }) => key === item.key);
    if ("item" in target) {
      const item = now(target.item);
      if (item && "fork" in dragged) gestures.connect(item, dragged.fork.reference);
    } else if ("entry" in dragged) {
      gestures.insert([dragged.entry.newNode], target.path);
    } else if ("items" in dragged) {
      gestures.move(
        dragged.items.flatMap((item) => now(item) ?? []),
        target.path,
      );
    }
  };
  const panNear = (y: number) => {
    const pane = paneRef.current?.getBoundingClientRect();
    const speed = pane ? edgeSpeed(y, pane.top, pane.bottom) : 0;
    if (speed !== 0) view.panBy(speed);
  };
  // Pressed and let go on one of several: that one alone.
  const onClick = (dragged: Dragged) => {
    if ("items" in dragged && dragged.items.length > 1 && selection.lead) selection.select(selection.lead.key);
  };
  const wires = useMemo(() => wireFields(palette), [palette]);
  const whyNot = useCallback(
    (fork: Fork, item: Item): string => {
      const code = rules.locked.has(item.key) ? "locked" : whyNotConnect(fork, item, wires);
      return code === null ? "" : (texts[`why_${code}`] ?? code);
    },
    [rules, texts, wires],
  );
  const accepts = (dragged: Dragged, target: Target) =>
    !("item" in target && "fork" in dragged) || whyNot(dragged.fork, target.item) === "";
  const { drag, ghost, start } = useDrag({ rootRef, layout, locate: view.locate, panNear, accepts, onDrop, onClick });
  const dragged = drag?.dragged ?? null;
  const target = drag?.target ?? null;
  const fork = dragged && "fork" in dragged ? dragged.fork : null;

  const grab = (item: Item, event: PointerEvent) => {
    event.stopPropagation(); // the block around it is not meant
    // A right click is about what lies under it, unless that is one of those selected.
    if (event.button === 2 && !selection.keys.has(item.key)) selection.select(item.key);
    if (event.button !== 0) return;
    if (event.shiftKey) return selection.extend(item.key);
    if (event.ctrlKey || event.metaKey) return selection.toggle(item.key);
    const isOneOfMany = selection.keys.has(item.key) && selection.keys.size > 1;
    if (isOneOfMany)
      selection.lead !== item &&
        selection.selectAll([...[...selection.keys].filter((key) => key !== item.key), item.key]);
    else selection.select(item.key);
    if (!rules.isReadOnly) start({ items: isOneOfMany ? selection.chosen : [item] }, event);
  };

  const isAccepted = dragged !== null && target !== null && accepts(dragged, target);
  return {
    ghost,
    start,
    grab,
    dragged,
    isDragging: drag !== null,
    draggedKeys: useMemo(
      () => new Set(dragged && "items" in dragged ? dragged.items.map(({ key }) => key) : []),
      [dragged],
    ),
    gap: target && !("item" in target) ? target : null,
    target: target && "item" in target && isAccepted ? target.item.key : null,
    isDimmed: useMemo(() => (fork ? (item: Item) => whyNot(fork, item) !== "" : null), [fork, whyNot]),
    face: dragged && {
      ...faceOf(dragged, palette),
      reason: fork && target && "item" in target ? whyNot(fork, target.item) : "",
    },
  };
}

function faceOf(dragged: Dragged, palette: Palette) {
  if ("fork" in dragged) return { title: `← ${dragged.fork.reference}`, colour: null };
  if ("entry" in dragged) return { title: dragged.entry.title, colour: dragged.entry.colour };
  const first = dragged.items[0];
  const entry = first && palette.get(first.node.type);
  const more = dragged.items.length > 1 ? ` + ${dragged.items.length - 1}` : "";
  return { title: first ? nodeTitle(first.node, entry) + more : "", colour: entry?.colour ?? null };
}
