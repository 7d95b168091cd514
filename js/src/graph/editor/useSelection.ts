import { useCallback, useMemo, useState } from "react";
import { flatten, type Item } from "../stack/outline";

interface Keys {
  /** The one whose settings are shown, and from which a range reaches; null for none. */
  readonly lead: string | null;
  /** Where a range began. */
  readonly anchor: string | null;
  readonly all: ReadonlySet<string>;
}

export interface Selection {
  readonly lead: Item | null;
  /** All that is selected, in reading order. */
  readonly chosen: readonly Item[];
  readonly keys: ReadonlySet<string>;
  /** Selects one alone; null selects nothing. */
  readonly select: (key: string | null) => void;
  /** Selects these; the last is the lead. */
  readonly selectAll: (keys: readonly string[]) => void;
  /** Adds one, or takes it out. */
  readonly toggle: (key: string) => void;
  /** Selects from where the last one was chosen alone to here. */
  readonly extend: (key: string) => void;
}

const NOTHING: Keys = { lead: null, anchor: null, all: new Set() };

/** The selected items, by their keys: they stay selected when they move, and are not once they are gone. */
export function useSelection(items: readonly Item[]): Selection {
  const [keys, setKeys] = useState<Keys>(NOTHING);
  const all = useMemo(() => flatten(items), [items]);
  const chosen = useMemo(() => all.filter(({ key }) => keys.all.has(key)), [all, keys]);
  const lead = useMemo(() => chosen.find(({ key }) => key === keys.lead) ?? chosen.at(-1) ?? null, [chosen, keys]);

  const select = useCallback((key: string | null) => {
    setKeys(key === null ? NOTHING : { lead: key, anchor: key, all: new Set([key]) });
  }, []);
  const selectAll = useCallback((many: readonly string[]) => {
    setKeys({ lead: many.at(-1) ?? null, anchor: many[0] ?? null, all: new Set(many) });
  }, []);
  const toggle = useCallback((key: string) => {
    setKeys((old) => {
      const next = new Set(old.all);
      if (!next.delete(key)) next.add(key);
      return { lead: next.has(key) ? key : ([...next].at(-1) ?? null), anchor: key, all: next };
    });
  }, []);
  const extend = useCallback(
    (key: string) => setKeys((old) => ({ lead: key, anchor: old.anchor ?? key, all: between(all, old.anchor, key) })),
    [all],
  );
  return { lead, chosen, keys: keys.all, select, selectAll, toggle, extend };
}

function between(all: readonly Item[], anchor: string | null, key: string): ReadonlySet<string> {
  const ends = [anchor ?? key, key].map((end) => all.findIndex((item) => item.key === end)).sort((a, b) => a - b);
  const [from, to] = ends as [number, number];
  return new Set(from < 0 ? [key] : all.slice(from, to + 1).map((item) => item.key));
}
