import { useEffect } from "react";
import type { Ask } from "../../wire/requests";

/** Looking again sooner than this tells nothing new. */
const PAUSE_MS = 1500;

/** Has Python look whether the file was changed underneath, whenever the person comes back to the page or to the editor. */
export function useFileCheck(root: HTMLElement | null, ask: Ask, hasFile: boolean) {
  useEffect(() => {
    if (!hasFile || !root) return;
    let isAsking = false;
    let askedAt = Number.NEGATIVE_INFINITY;
    const check = () => {
      if (isAsking || document.visibilityState === "hidden" || performance.now() - askedAt < PAUSE_MS) return;
      isAsking = true; // a kernel that is busy is asked once
      askedAt = performance.now();
      const done = () => {
        isAsking = false;
      };
      ask("file-check").then(done, done);
    };
    const onFocusIn = (event: FocusEvent) => {
      if (!(event.relatedTarget instanceof Node && root.contains(event.relatedTarget))) check();
    };
    root.addEventListener("focusin", onFocusIn);
    window.addEventListener("focus", check);
    document.addEventListener("visibilitychange", check);
    return () => {
      root.removeEventListener("focusin", onFocusIn);
      window.removeEventListener("focus", check);
      document.removeEventListener("visibilitychange", check);
    };
  }, [root, ask, hasFile]);
}
