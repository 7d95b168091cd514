import type { KeyboardEvent, RefObject } from "react";

const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };
const ENDS: Readonly<Record<string, number>> = { Home: 0, End: -1 };

/** Arrow keys, Home and End go through the layer types; up from the first one is the search. */
export function useEntryKeys(listRef: RefObject<HTMLElement | null>) {
  return (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    const end = event.target instanceof HTMLInputElement ? undefined : ENDS[event.key];
    if (step === undefined && end === undefined) return;
    const stops = [...(listRef.current?.querySelectorAll<HTMLElement>("[data-stop], [data-entry]") ?? [])];
    const entries = stops.filter(({ dataset }) => dataset.entry !== undefined);
    const here = stops.indexOf(event.target as HTMLElement);
    const next = end !== undefined ? entries.at(end) : here >= 0 ? stops[here + (step ?? 0)] : entries[0];
    event.preventDefault();
    event.stopPropagation(); // the drawing has arrow keys of its own
    next?.focus();
  };
}
