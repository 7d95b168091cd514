import { type KeyboardEvent, type RefObject, useEffect } from "react";

const REACHED = "button:not([tabindex='-1']):not(:disabled), input:not(:disabled)";

/** Keeps the focus inside of a dialog; Escape closes it, and the focus goes back to where it was. */
export function useModal(ref: RefObject<HTMLElement | null>, onClose: () => void) {
  useEffect(() => {
    const before = document.activeElement;
    const dialog = ref.current;
    (dialog?.querySelector<HTMLElement>("input") ?? dialog?.querySelector("button"))?.focus({ preventScroll: true });
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    };
  }, [ref]);
  return (event: KeyboardEvent) => {
    const saves = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s";
    if (!saves) event.stopPropagation(); // the editor's own keys rest: undo is not meant for what lies behind
    if (event.key === "Escape") onClose();
    if (event.key !== "Tab") return;
    const reached = [...(ref.current?.querySelectorAll<HTMLElement>(REACHED) ?? [])];
    const [first, last] = [reached[0], reached.at(-1)];
    const leaves = document.activeElement === (event.shiftKey ? first : last);
    if (!leaves) return;
    event.preventDefault();
    (event.shiftKey ? last : first)?.focus();
  };
}
