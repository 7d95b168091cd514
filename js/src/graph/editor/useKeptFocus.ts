import { type RefObject, useEffect } from "react";

/**
 * Catches the focus when what had it is taken away, such as the button of a problem that it has mended: keys would else
 * reach the notebook, whose shortcuts edit cells. It watches the widget's own element, for what is said above the editor, too.
 */
export function useKeptFocus(rootRef: RefObject<HTMLElement | null>, onLost: () => void) {
  useEffect(() => {
    const element = rootRef.current?.closest(".slm-editor")?.parentElement;
    if (!element) return;
    let last: Element | null = null;
    const onFocusIn = ({ target }: FocusEvent) => {
      last = target as Element;
    };
    const onFocusOut = ({ target }: FocusEvent) => {
      queueMicrotask(() => {
        if ((target as Element).isConnected && last === target) last = null; // somebody went elsewhere
      });
    };
    const observer = new MutationObserver(() => {
      const isLost = document.activeElement === null || document.activeElement === document.body;
      if (!isLost || last === null || last.isConnected) return;
      last = null;
      onLost();
    });
    observer.observe(element, { childList: true, subtree: true });
    element.addEventListener("focusin", onFocusIn);
    element.addEventListener("focusout", onFocusOut);
    return () => {
      observer.disconnect();
      element.removeEventListener("focusin", onFocusIn);
      element.removeEventListener("focusout", onFocusOut);
    };
  }, [rootRef, onLost]);
}
