import type { KeyboardEvent, RefObject } from "react";

const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };
const ENDS: Readonly<Record<string, number>> = { Home: 0, End: -1 };
const TITLE = "[aria-expanded]";
/** Where the arrow keys stop: the search, the layer types, and the groups that are folded. */
const STOP = "[data-stop], [data-entry], [aria-expanded='false']";

/**
 * Arrow keys, Home and End go through the layer types; up from the first one is the search. As in every tree, the left arrow
 * folds a group and the right one unfolds it.
 */
export function useEntryKeys(listRef: RefObject<HTMLElement | null>) {
  const all = (selector: string) => [...(listRef.current?.querySelectorAll<HTMLElement>(selector) ?? [])];
  const goal = (event: KeyboardEvent): HTMLElement | undefined => {
    const { key, target } = event;
    if (key in ENDS) return all("[data-entry]").at(ENDS[key] ?? 0);
    const stops = all(`${STOP}, ${TITLE}`);
    const here = stops.indexOf(target as HTMLElement);
    const way = STEPS[key] === 1 ? stops.slice(here + 1) : stops.slice(0, Math.max(here, 0)).reverse();
    return way.find((stop) => stop.matches(STOP));
  };
  return (event: KeyboardEvent) => {
    const isTyping = event.target instanceof HTMLInputElement;
    const isMove = event.key in STEPS || (event.key in ENDS && !isTyping);
    const isFold = /^Arrow(Left|Right)$/.test(event.key) && !isTyping;
    if (!isMove && !isFold) return;
    event.preventDefault();
    event.stopPropagation(); // the drawing has arrow keys of its own
    if (isMove) goal(event)?.focus();
    else fold(event.target as HTMLElement, event.key === "ArrowLeft");
  };
}

function fold(element: HTMLElement, isClosing: boolean) {
  const title = element.closest(".slm-palette-group")?.querySelector<HTMLElement>(TITLE);
  if (title?.getAttribute("aria-expanded") !== String(isClosing)) return;
  title.click();
  title.focus();
}
