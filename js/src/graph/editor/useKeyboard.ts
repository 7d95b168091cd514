import type { KeyboardEvent, RefObject } from "react";
import { neighbour } from "../stack/neighbours";
import type { Item } from "../stack/outline";
import { type Command, commandOf, isTyping } from "./keys";

interface Options {
  readonly items: readonly Item[];
  readonly selected: Item | null;
  readonly select: (key: string | null) => void;
  readonly commands: Readonly<Record<Command, () => void>>;
  readonly paneRef: RefObject<HTMLElement | null>;
  readonly inspectorRef: RefObject<HTMLElement | null>;
}

/** What keys do: everywhere in the editor, and in the drawing. */
export function useKeyboard({ items, selected, select, commands, paneRef, inspectorRef }: Options) {
  const onEditorKey = (event: KeyboardEvent) => {
    const command = commandOf(event);
    if (!command) return;
    event.preventDefault();
    if (command === "leave" && isTyping(event)) paneRef.current?.focus({ preventScroll: true });
    else commands[command]();
  };

  const onDrawingKey = (event: KeyboardEvent) => {
    if (isTyping(event) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" && selected) {
      event.preventDefault();
      inspectorRef.current?.querySelector<HTMLElement>("input, select")?.focus();
      return;
    }
    const next = neighbour(items, selected?.key ?? null, event.key);
    if (!next || !/^(Arrow|Home|End)/.test(event.key)) return;
    event.preventDefault();
    select(next.key);
  };

  return { onEditorKey, onDrawingKey };
}
