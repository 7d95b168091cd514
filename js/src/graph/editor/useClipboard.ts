import { type ClipboardEvent, useCallback } from "react";
import { copyText as putOnClipboard } from "../code/handOut";
import { isTyping } from "./keys";

interface Options {
  /** The selection as text; null while nothing is selected. */
  readonly text: () => string | null;
  readonly onCopied: () => void;
  readonly onCut: () => void;
  readonly onPaste: (text: string) => void;
  /** The page may not read the clipboard: only the keys can paste. */
  readonly onRefused: () => void;
}

export type Clipboard = Omit<ReturnType<typeof useClipboard>, "handlers">;

/**
 * Layers on the clipboard, as text.
 *
 * Keys come as the browser's own clipboard events, which ask for no permission; buttons have to ask.
 */
export function useClipboard({ text, onCopied, onCut, onPaste, onRefused }: Options) {
  const take = (event: ClipboardEvent, after: () => void) => {
    const copied = text();
    if (isTyping(event) || copied === null || hasMarkedWords()) return;
    event.preventDefault();
    event.clipboardData.setData("text/plain", copied);
    after();
  };
  const handlers = {
    onCopy: (event: ClipboardEvent) => take(event, onCopied),
    onCut: (event: ClipboardEvent) => take(event, onCut),
    onPaste: (event: ClipboardEvent) => {
      if (isTyping(event)) return;
      event.preventDefault();
      onPaste(event.clipboardData.getData("text/plain"));
    },
  };
  const copy = useCallback(
    async (after: () => void) => {
      const copied = text();
      if (copied !== null && (await putOnClipboard(copied))) after();
    },
    [text],
  );
  const paste = useCallback(async () => {
    try {
      onPaste(await navigator.clipboard.readText());
    } catch {
      onRefused();
    }
  }, [onPaste, onRefused]);
  return { handlers, copy: () => copy(onCopied), cut: () => copy(onCut), paste };
}

/** Whether words are marked with the mouse, in a help text for example: then they are what is meant. */
function hasMarkedWords(): boolean {
  return getSelection()?.isCollapsed === false;
}
