import { useCallback } from "react";
import type { LayerStack, Rules, Texts } from "../../wire/types";
import { allows } from "../session/rules";
import { ruleWords } from "../session/ruleWords";

interface Options {
  readonly rules: Rules;
  readonly texts: Texts;
  readonly onChange: (stack: LayerStack, step?: string) => void;
  readonly say: (words: string) => void;
}

/**
 * Lets through what the teacher's rules allow, and says why not otherwise. Python holds to the same rules, and to the same
 * design: a layer that was cut may be pasted again.
 */
export function useGuard({ rules, texts, onChange, say }: Options): (next: LayerStack, step?: string) => boolean {
  return useCallback(
    (next, step) => {
      const verdict = allows(rules, next);
      if (verdict === true) onChange(next, step);
      else say(ruleWords(verdict, texts));
      return verdict === true;
    },
    [rules, texts, onChange, say],
  );
}
