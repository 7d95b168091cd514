import { useCallback, useState } from "react";
import type { Ask } from "../../wire/requests";

export interface Compare {
  /** Puts a preset, by its name, or the text of a file beside the drawing. */
  readonly start: (source: string, name?: string) => void;
  readonly end: () => void;
  readonly isWaiting: boolean;
  /** Why the last one could not be put there: Python's sentences, one a line. */
  readonly trouble: string | null;
}

/** Asks Python to compare; what comes of it is the trait `comparison`. */
export function useCompare(ask: Ask): Compare {
  const [isWaiting, setWaiting] = useState(false);
  const [trouble, setTrouble] = useState<string | null>(null);
  const run = useCallback(
    (kind: string, content?: Readonly<Record<string, unknown>>) => {
      setWaiting(true);
      setTrouble(null);
      ask(kind, content)
        .catch((error: unknown) => setTrouble(error instanceof Error ? error.message : String(error)))
        .finally(() => setWaiting(false));
    },
    [ask],
  );
  const start = useCallback((source: string, name = "") => run("compare", { source, name }), [run]);
  const end = useCallback(() => run("end-compare"), [run]);
  return { start, end, isWaiting, trouble };
}
