import { type RefObject, useEffect } from "react";

/** What a notebook listens to above its widgets: keys are its shortcuts, pasting brings it cells, a drop brings it files. */
const KEPT = [
  ...["keydown", "keypress", "keyup"],
  ...["copy", "cut", "paste"],
  ...["dragstart", "dragenter", "dragover", "dragleave", "drop", "dragend"],
  "contextmenu",
];

/** What carries it gets no shortcuts. */
const NO_SHORTCUTS = "data-lm-suppress-shortcuts";

/**
 * Keeps keystrokes, the clipboard and what is dragged from the notebook, whose shortcuts would edit or delete cells.
 * Ctrl/Cmd-S goes through: it saves. So does a right click beside the forms: the notebook has a menu for its outputs.
 *
 * The listeners sit on the widget's own element, where React listens too, so that our own handlers still hear everything.
 */
export function useShield(rootRef: RefObject<HTMLElement | null>) {
  useEffect(() => {
    const element = rootRef.current?.parentElement;
    if (!element) return;
    const shield = (event: Event) => {
      if (!isForNotebook(event)) event.stopPropagation();
    };
    // Notebook 7 and JupyterLab 3 look for shortcuts before the key has come to us, but not on what is marked.
    const mark = (event: KeyboardEvent) => {
      const { target } = event;
      if (target instanceof Element && element.contains(target))
        target.toggleAttribute(NO_SHORTCUTS, !isForNotebook(event));
    };
    window.addEventListener("keydown", mark, true);
    for (const type of KEPT) element.addEventListener(type, shield);
    return () => {
      window.removeEventListener("keydown", mark, true);
      for (const type of KEPT) element.removeEventListener(type, shield);
    };
  }, [rootRef]);
}

function isForNotebook(event: Event): boolean {
  if (event instanceof KeyboardEvent)
    return event.type === "keydown" && (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s";
  if (event.type === "contextmenu") return !(event.target as Element).closest("input, textarea, select");
  return false;
}
