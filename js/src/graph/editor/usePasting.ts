import { useCallback } from "react";
import { isRecord, readStack } from "../../wire/readStack";
import type { Ask } from "../../wire/requests";
import type { Texts } from "../../wire/types";
import { readPasted } from "../stack/clipboard";
import type { Gestures } from "./useGestures";
import { useStable } from "./useStable";

interface Options {
  readonly ask: Ask;
  readonly gestures: Gestures;
  readonly texts: Texts;
  readonly say: (words: string) => void;
}

/**
 * Adds pasted layers after the selection. What was copied here is read at once; all else is for Python, which knows every
 * dialect: a bare list may be in an old one.
 */
export function usePasting({ ask, gestures, texts, say }: Options): (text: string) => void {
  const append = useStable(gestures.append);
  return useCallback(
    (text) => {
      const nodes = text.trimStart().startsWith("{") ? readPasted(text) : null;
      if (nodes) return void append(nodes);
      if (text.trim() === "") return say(texts.paste_nothing ?? "");
      ask("read", { text }).then(
        (answer) => {
          const read = readStack(isRecord(answer) ? answer.layer_stack : []);
          if (read.length > 0) append(read);
          else say(texts.paste_nothing ?? "");
        },
        (error: unknown) => say(error instanceof Error ? error.message : String(error)),
      );
    },
    [ask, append, texts, say],
  );
}
