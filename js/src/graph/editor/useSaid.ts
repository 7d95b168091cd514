import { useCallback, useEffect, useState } from "react";

/** Long enough to read two sentences. */
const SHOWN_MS = 7000;

/** A sentence about what has just been done, or why it was not: shown for a while, and read out. */
export function useSaid(): [string, (words: string) => void] {
  const [said, setSaid] = useState({ words: "", count: 0 });
  const say = useCallback((words: string) => setSaid(({ count }) => ({ words, count: count + 1 })), []);
  useEffect(() => {
    if (said.words === "") return;
    const timer = setTimeout(() => setSaid(({ count }) => ({ words: "", count })), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [said]);
  return [said.words, say];
}
