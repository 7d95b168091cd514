// Several places chosen at once.

import type { LayerStack } from "../../wire/types";
import { indexOf, inOrder, isWithin, type Path, parentOf, samePath } from "./path";

/** What a gesture with several nodes makes, and what to select afterwards. */
export interface Outcome {
  readonly stack: LayerStack;
  readonly paths: readonly Path[];
}

/** The chosen places in reading order, each once, without those that lie inside another one. */
export function topmost(paths: readonly Path[]): Path[] {
  const found: Path[] = [];
  for (const path of [...paths].sort(inOrder)) {
    const last = found.at(-1);
    if (path.length > 0 && !(last && isWithin(path, last))) found.push(path);
  }
  return found;
}

/**
 * Where a node or a gap is once the chosen ones are taken out.
 *
 * @param chosen As `topmost` gives them; the place itself is inside none of them.
 */
export function placeWithout(place: Path, chosen: readonly Path[]): Path {
  return place.map((index, depth) => {
    const parent = place.slice(0, depth);
    const gone = chosen.filter((path) => samePath(parentOf(path), parent) && indexOf(path) < index);
    return index - gone.length;
  });
}
