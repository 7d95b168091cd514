import type { RefObject } from "react";
import type { Analysis, Texts } from "../../wire/types";
import type { View } from "../drawing/useView";
import { idOf } from "../stack/ids";
import type { Item } from "../stack/outline";
import type { Commands } from "./commands";
import { problemAfter } from "./problemAfter";
import type { Clipboard } from "./useClipboard";
import type { Folding } from "./useFolding";
import type { Gestures } from "./useGestures";
import type { Selection } from "./useSelection";

interface Options {
  readonly items: readonly Item[];
  readonly analysis: Analysis;
  readonly texts: Texts;
  readonly selection: Selection;
  readonly gestures: Gestures;
  readonly folding: Folding;
  readonly clipboard: Clipboard;
  readonly view: View;
  readonly isReadOnly: boolean;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  readonly hasShapes: boolean;
  readonly rootRef: RefObject<HTMLElement | null>;
  readonly onUndo: () => void;
  readonly onRedo: () => void;
  readonly onShapes: (isOn: boolean) => void;
  readonly onHelp: () => void;
  readonly onJump: (id: string, field: string | null) => void;
  readonly onLeave: () => void;
  readonly focusDrawing: () => void;
  readonly say: (words: string) => void;
}

/** Everything that can be asked for, and whether it can be now. */
export function useCommands(options: Options): Commands {
  const { items, analysis, texts, selection, gestures, folding, clipboard, view, isReadOnly, say } = options;
  const { lead, chosen } = selection;
  const isOff = isReadOnly || chosen.length === 0;
  const gone = (act: () => void) => () => {
    act();
    options.focusDrawing(); // what had the focus may be gone, and keys would reach the notebook
  };
  const jumpBy = (step: 1 | -1) => () => {
    const found = problemAfter(analysis, items, lead?.key ?? null, step);
    if (found) options.onJump(found.id, found.field);
  };
  const focusIn = (selector: string) => () => {
    options.rootRef.current?.querySelector<HTMLElement>(selector)?.focus();
  };
  const canFold = lead?.isBlock === true && lead.children.length > 0;
  const hasProblems = analysis.problems.some(({ layer_id }) => layer_id !== null);
  return {
    undo: { run: options.onUndo, isOff: !options.canUndo || isReadOnly },
    redo: { run: options.onRedo, isOff: !options.canRedo || isReadOnly },
    cut: { run: gone(() => void clipboard.cut()), isOff },
    copy: { run: () => void clipboard.copy(), isOff: chosen.length === 0 },
    paste: { run: () => void clipboard.paste(), isOff: isReadOnly },
    duplicate: { run: gestures.duplicate, isOff },
    remove: { run: gone(gestures.remove), isOff },
    wrap: {
      run: () => (gestures.canWrap ? gestures.wrap() : say(texts.wrap_refused ?? "")),
      isOff,
    },
    unwrap: { run: gone(gestures.unwrap), isOff: isReadOnly || !gestures.canUnwrap },
    moveUp: { run: gestures.moveUp, isOff },
    moveDown: { run: gestures.moveDown, isOff },
    selectAll: { run: () => selection.selectAll(leadLast(items, lead)) },
    rename: {
      run: () => lead && options.onJump(idOf(lead.node) ?? lead.key, "label"),
      isOff: isReadOnly || lead === null,
    },
    fold: { run: () => lead && folding.toggle(lead.key), isOff: !canFold },
    foldAll: { run: folding.foldAll },
    unfoldAll: { run: folding.unfoldAll, isOff: folding.folded.size === 0 },
    zoomIn: { run: () => view.zoom(1.25) },
    zoomOut: { run: () => view.zoom(0.8) },
    fit: { run: () => view.fitView() },
    shapes: { run: () => options.onShapes(!options.hasShapes), isOn: options.hasShapes },
    nextProblem: { run: jumpBy(1), isOff: !hasProblems },
    previousProblem: { run: jumpBy(-1), isOff: !hasProblems },
    find: { run: focusIn('[data-testid="filter"]'), isOff: isReadOnly },
    help: { run: options.onHelp },
    leave: { run: options.onLeave },
  };
}

/** All keys, that of the lead last: it stays the lead, and the view where it is. */
function leadLast(items: readonly Item[], lead: Item | null): string[] {
  const keys = items.map(({ key }) => key);
  return lead ? [...keys.filter((key) => key !== lead.key), lead.key] : keys;
}
