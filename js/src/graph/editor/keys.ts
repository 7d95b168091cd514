import type { KeyboardEvent } from "react";
import type { Command } from "./commands";

/** What a keystroke asks for, wherever in the editor it was made. Cut, copy and paste are heard as events of their own. */
export function commandOf(event: KeyboardEvent): Command | null {
  const key = event.key.toLowerCase();
  if (event.nativeEvent.isComposing) return null; // Hangul on its way
  if (event.ctrlKey || event.metaKey) return withControl(event, key);
  if (event.altKey)
    return isTyping(event) ? null : (({ arrowup: "moveUp", arrowdown: "moveDown" } as const)[key] ?? null);
  if (key === "escape") return "leave";
  if (key === "f8") return event.shiftKey ? "previousProblem" : "nextProblem";
  if (isTyping(event)) return null;
  return (KEYS as Readonly<Record<string, Command>>)[key] ?? null;
}

const KEYS = {
  delete: "remove",
  backspace: "remove",
  f2: "rename",
  "/": "find",
  "?": "help",
  "+": "zoomIn",
  "=": "zoomIn",
  "-": "zoomOut",
  "0": "fit",
} as const satisfies Record<string, Command>;

function withControl(event: KeyboardEvent, key: string): Command | null {
  // A field takes back its own typing with every other step.
  if (key === "z") return event.shiftKey ? "redo" : "undo";
  if (key === "y") return "redo";
  if (isTyping(event)) return null;
  if (key === "g") return event.shiftKey ? "unwrap" : "wrap";
  return ({ a: "selectAll", d: "duplicate" } as const)[key] ?? null;
}

/** Whether the keystroke belongs to a form or to a text that is read: there Delete removes a character, not a layer. */
export function isTyping(event: { readonly target: EventTarget | null }): boolean {
  return (
    event.target instanceof Element &&
    event.target.closest("input, select, textarea, [contenteditable], [data-reading]") !== null
  );
}
