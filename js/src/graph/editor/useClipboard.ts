import { type ClipboardEvent, useCallback } from "react";
import { copyText as putOnClipboard } from "../code/handOut";
import { isTyping } from "./keys";
import { useStable } from "./useStable";

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
  const put = async () => {
    const copied = text();
    return copied !== null && (await putOnClipboard(copied)) ? copied : null;
  };
  const textNow = useStable(text);
  const cutNow = useStable(onCut);
  const copy = async () => {
    if ((await put()) !== null) onCopied();
  };
  const cut = async () => {
    const copied = await put();
    if (copied !== null && copied === textNow()) cutNow(); // the design may be another one by now
  };
  const paste = useCallback(async () => {
    try {
      onPaste(await navigator.clipboard.readText());
    } catch {
      onRefused();
    }
  }, [onPaste, onRefused]);
  return { handlers, copy, cut, paste };
}

/** Whether words are marked with the mouse, in a help text for example: then they are what is meant. */
function hasMarkedWords(): boolean {
  return getSelection()?.isCollapsed === false;
}
