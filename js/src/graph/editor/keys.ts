import type { KeyboardEvent } from "react";

export type Command = "undo" | "redo" | "remove" | "duplicate" | "leave";

/** What a keystroke asks for, wherever in the editor it was made. */
export function commandOf(event: KeyboardEvent): Command | null {
  const key = event.key.toLowerCase();
  if (event.ctrlKey || event.metaKey) {
    if (key === "z") return event.shiftKey ? "redo" : "undo";
    if (key === "y") return "redo";
    return key === "d" && !isTyping(event) ? "duplicate" : null;
  }
  if (key === "escape") return "leave";
  return (key === "delete" || key === "backspace") && !isTyping(event) ? "remove" : null;
}

/** Whether the keystroke belongs to a form or to a text that is read: there Delete removes a character, not a layer. */
export function isTyping(event: KeyboardEvent): boolean {
  return (
    event.target instanceof Element &&
    event.target.closest("input, select, textarea, [contenteditable], [data-reading]") !== null
  );
}
