import { type RefObject, useEffect } from "react";

/**
 * Keeps keystrokes from the notebook, whose shortcuts would edit or delete cells. Ctrl/Cmd-S goes through: it saves.
 *
 * The listener sits on the widget's own element, where React listens too, so that our own handlers still hear the keys.
 */
export function useShield(rootRef: RefObject<HTMLElement | null>) {
  useEffect(() => {
    const element = rootRef.current?.parentElement;
    if (!element) return;
    const shield = (event: KeyboardEvent) => {
      const saves = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s";
      if (!saves) event.stopPropagation();
    };
    element.addEventListener("keydown", shield);
    return () => element.removeEventListener("keydown", shield);
  }, [rootRef]);
}
