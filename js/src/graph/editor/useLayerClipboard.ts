import type { Ask } from "../../wire/requests";
import type { Texts } from "../../wire/types";
import { fill } from "../drawing/format";
import { useClipboard } from "./useClipboard";
import type { Gestures } from "./useGestures";
import { usePasting } from "./usePasting";

interface Options {
  readonly ask: Ask;
  readonly gestures: Gestures;
  /** How many layers are selected. */
  readonly count: number;
  readonly texts: Texts;
  readonly say: (words: string) => void;
  readonly focusDrawing: () => void;
}

/** Cutting, copying and pasting layers, and what is said of it. */
export function useLayerClipboard({ ask, gestures, count, texts, say, focusDrawing }: Options) {
  const onPaste = usePasting({ ask, gestures, texts, say });
  return useClipboard({
    text: gestures.copied,
    onCopied: () => say(fill(count === 1 ? texts.said_copied_one : texts.said_copied, { n: count })),
    onCut: () => {
      say(fill(count === 1 ? texts.said_cut_one : texts.said_cut, { n: count }));
      gestures.remove();
      focusDrawing();
    },
    onPaste,
    onRefused: () => say(texts.paste_refused ?? ""),
  });
}
