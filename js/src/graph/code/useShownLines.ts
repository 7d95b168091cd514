import { type RefObject, useEffect } from "react";
import { type LayerLines, spansToShow, topLine } from "./layerLines";

const LINE = "[data-line]";

/**
 * Scrolls the code, and nothing else of the page, to the lines of what is selected, unless some of them are seen.
 *
 * @param clicked What was selected by a click on its line: it is seen where it was clicked.
 */
export function useShownLines(
  ref: RefObject<HTMLElement | null>,
  text: string,
  lines: LayerLines,
  selected: ReadonlySet<string>,
  clicked: RefObject<string | null>,
) {
  const key = [...selected].join("\n");
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new answer that says the same moves nothing
  useEffect(() => {
    const wasClicked = clicked.current === key;
    clicked.current = null;
    const pane = wasClicked ? null : ref.current;
    const height = pane?.querySelector<HTMLElement>(LINE)?.offsetHeight;
    if (!pane || !height) return;
    const first = Math.ceil(pane.scrollTop / height) + 1;
    const top = topLine(spansToShow(lines, selected), [first, first + Math.floor(pane.clientHeight / height) - 2]);
    if (top === null) return;
    const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    pane.scrollTo({ top: (top - 1) * height, behavior: isCalm ? "auto" : "smooth" });
  }, [key, text]);
}

/** Moves the code as little as possible so that one line is seen. */
export function showLine(pane: HTMLElement, number: number) {
  const line = pane.querySelector<HTMLElement>(`[data-line="${number}"]`);
  if (!line) return;
  const top = line.offsetTop - pane.scrollTop;
  if (top < 0) pane.scrollTop += top;
  else pane.scrollTop += Math.max(0, top + line.offsetHeight - pane.clientHeight);
}
