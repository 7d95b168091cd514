// Which lines of the code belong to which layer. Lines are counted from 1; a span's last line is in it.

export type Span = readonly [first: number, last: number];

export interface Lines {
  /** The statements of the layer itself. */
  readonly own: readonly Span[];
  /** What stands behind it and may serve other layers too, such as the class of its module. */
  readonly related: readonly Span[];
}

/** The lines of each layer, by its id; top down. */
export type LayerLines = ReadonlyMap<string, Lines>;

export type Mark = keyof Lines;

const MARKS = ["own", "related"] as const satisfies readonly Mark[];

/** For each line the layers that it belongs to, those first of which it says most: a statement before a whole class. */
export function layersByLine(lines: LayerLines, count: number): (readonly string[])[] {
  const found: { readonly id: string; readonly rank: number }[][] = Array.from({ length: count }, () => []);
  for (const [id, spans] of lines) {
    for (const mark of MARKS) {
      for (const [first, last] of spans[mark]) {
        const rank = last - first + (mark === "own" ? 0 : count);
        for (let line = first; line <= last; line += 1) found[line - 1]?.push({ id, rank });
      }
    }
  }
  return found.map((layers) => [...new Set(layers.sort((a, b) => a.rank - b.rank).map(({ id }) => id))]);
}

/** How the lines of the selected layers are marked, by the line's number. */
export function markedLines(lines: LayerLines, selected: ReadonlySet<string>): ReadonlyMap<number, Mark> {
  const marks = new Map<number, Mark>();
  for (const mark of [...MARKS].reverse()) {
    for (const id of selected) {
      for (const [first, last] of lines.get(id)?.[mark] ?? []) {
        for (let line = first; line <= last; line += 1) marks.set(line, mark);
      }
    }
  }
  return marks;
}

/** The layer that a click on a line selects: the one whose name was clicked, else one after the other. */
export function nextLayer(layers: readonly string[], selected: ReadonlySet<string>, word: string): string | null {
  if (layers.includes(word)) return word;
  const at = selected.size === 1 ? layers.findIndex((id) => selected.has(id)) : -1;
  return layers[(at + 1) % layers.length] ?? null;
}

/** The spans that someone who selects these layers wants to see, in the order of the file. */
export function spansToShow(lines: LayerLines, selected: ReadonlySet<string>): Span[] {
  const of = (mark: Mark) => [...selected].flatMap((id) => lines.get(id)?.[mark] ?? []);
  const own = of("own");
  return (own.length > 0 ? own : of("related")).toSorted((a, b) => a[0] - b[0]);
}

/**
 * The line to bring to the top so that spans are seen: the first one, and those after it that fit beside it. Null where one of
 * these is seen already.
 *
 * @param seen The first and the last line that are wholly seen.
 */
export function topLine(spans: readonly Span[], seen: Span): number | null {
  const start = spans[0]?.[0];
  if (start === undefined) return null;
  const room = seen[1] - seen[0] + 1;
  const together = spans.filter(([, last], index) => index === 0 || last - start < room);
  if (together.some(([first, last]) => first <= seen[1] && last >= seen[0])) return null;
  const length = (together.at(-1)?.[1] ?? start) - start + 1;
  // In the middle; what is too long is read from its beginning.
  return Math.max(1, start - Math.max(1, Math.floor((room - length) / 2)));
}
