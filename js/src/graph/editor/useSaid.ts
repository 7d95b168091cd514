import { useCallback, useEffect, useRef, useState } from "react";

/** Long enough to read two sentences. */
const SHOWN_MS = 7000;

/**
 * A sentence about what has just been done, or why it was not: read out, and shown for a while, but no longer than it is true.
 *
 * @param about What the sentences are about; once that is another, they go.
 */
export function useSaid(about: unknown): [string, (words: string) => void] {
  const [said, setSaid] = useState({ words: "", count: 0 });
  const say = useCallback((words: string) => setSaid(({ count }) => ({ words, count: count + 1 })), []);
  const saidOf = useRef(about);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is said together with a change is about what it became
  useEffect(() => {
    saidOf.current = about;
    if (said.words === "") return;
    const timer = setTimeout(() => say(""), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [said, say]);
  useEffect(() => {
    if (saidOf.current !== about) say("");
  }, [about, say]);
  return [said.words, say];
}
