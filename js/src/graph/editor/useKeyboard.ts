import type { KeyboardEvent, RefObject } from "react";
import { neighbour } from "../stack/neighbours";
import type { Item } from "../stack/outline";
import { type Commands, runCommand } from "./commands";
import { commandOf, isTyping } from "./keys";
import type { Folding } from "./useFolding";
import type { Selection } from "./useSelection";

interface Options {
  /** What can be seen. */
  readonly items: readonly Item[];
  readonly selection: Selection;
  readonly folding: Folding;
  readonly commands: Commands;
  readonly paneRef: RefObject<HTMLElement | null>;
  readonly inspectorRef: RefObject<HTMLElement | null>;
}

/** What keys do: everywhere in the editor, and in the drawing. */
export function useKeyboard({ items, selection, folding, commands, paneRef, inspectorRef }: Options) {
  const onEditorKey = (event: KeyboardEvent) => {
    const command = commandOf(event);
    if (!command) return;
    event.preventDefault();
    if (command === "leave" && isTyping(event)) paneRef.current?.focus({ preventScroll: true });
    else runCommand(commands, command);
  };

  const onDrawingKey = (event: KeyboardEvent) => {
    if (isTyping(event) || event.ctrlKey || event.metaKey || event.altKey) return;
    const { lead } = selection;
    if (event.key === "Enter" && lead) {
      event.preventDefault();
      const field = inspectorRef.current?.querySelector<HTMLElement>("input, select");
      field?.focus();
      if (field instanceof HTMLInputElement) field.select(); // what is typed takes the place of what was there
      return;
    }
    if (!/^(Arrow|Home|End)/.test(event.key)) return;
    event.preventDefault();
    // As in every tree: the right arrow opens what is closed, the left one closes what is open.
    const isFolded = lead !== null && folding.folded.has(lead.key);
    const canFold = lead?.isBlock === true && lead.children.length > 0;
    if (lead && canFold && event.key === (isFolded ? "ArrowRight" : "ArrowLeft")) return folding.toggle(lead.key);
    const next = neighbour(items, lead?.key ?? null, event.key);
    if (!next) return;
    if (event.shiftKey) selection.extend(next.key);
    else selection.select(next.key);
  };

  return { onEditorKey, onDrawingKey };
}
