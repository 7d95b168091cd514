import { type RefObject, useLayoutEffect } from "react";

const MARGIN_PX = 6;

/** Moves a menu that would stick out of the editor into it; one that is too high is scrolled. */
export function usePlace(ref: RefObject<HTMLElement | null>) {
  useLayoutEffect(() => {
    const menu = ref.current;
    const editor = menu?.closest(".slm-editor")?.getBoundingClientRect();
    if (!menu || !editor || editor.height === 0) return;
    menu.style.maxHeight = `${editor.height - 2 * MARGIN_PX}px`;
    const { right, bottom } = menu.getBoundingClientRect();
    const over = { x: right - (editor.right - MARGIN_PX), y: bottom - (editor.bottom - MARGIN_PX) };
    menu.style.translate = `${-Math.max(0, over.x)}px ${-Math.max(0, over.y)}px`;
  }, [ref]);
}
