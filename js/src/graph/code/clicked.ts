// What of the code an event of the page means.

/** The number of the line that an event happened on. */
export function lineOf(target: EventTarget): number | null {
  const line = target instanceof Element ? target.closest<HTMLElement>("[data-line]") : null;
  return line ? Number(line.dataset.line) : null;
}

/** Whether some of the text is chosen, to be copied. */
export function hasChosenText(): boolean {
  return getSelection()?.isCollapsed === false;
}

/** The word that was clicked: the browser puts the caret there. */
export function clickedWord(): string {
  const { anchorNode: node, anchorOffset: offset } = getSelection() ?? {};
  return node && node.nodeType === Node.TEXT_NODE ? wordAt(node.textContent ?? "", offset ?? 0) : "";
}

export function wordAt(text: string, offset: number): string {
  const before = /[\p{L}\p{N}_]*$/u.exec(text.slice(0, offset))?.[0] ?? "";
  const after = /^[\p{L}\p{N}_]*/u.exec(text.slice(offset))?.[0] ?? "";
  return before + after;
}

/** The text that was chosen inside an element; null where some of it lies outside. */
export function chosenText(element: Element): string | null {
  const selection = getSelection();
  const range = selection && selection.rangeCount > 0 ? selection.getRangeAt(0) : null;
  return range && element.contains(range.commonAncestorContainer) ? range.cloneContents().textContent : null;
}
