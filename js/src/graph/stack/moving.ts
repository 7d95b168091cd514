import type { LayerStack } from "../../wire/types";
import { type Outcome, placeWithout, topmost } from "./chosen";
import { at, indexOf, isWithin, type Path, parentOf, pathName, samePath } from "./path";
import { changeSiblings, nodeAt, without } from "./siblings";

/** Why layers cannot be dropped into a gap. */
export type NoMove = "inside-itself" | "same-place";

/** Why the nodes at `paths` cannot go to the gap; null where they can. */
export function whyNotMove(paths: readonly Path[], gap: Path): NoMove | null {
  const chosen = topmost(paths);
  if (chosen.some((path) => isWithin(parentOf(gap), path))) return "inside-itself";
  const first = chosen[0];
  if (!first) return "same-place";
  const isRun = chosen.every((path, i) => samePath(path, at(parentOf(gap), indexOf(first) + i)));
  const isThere = indexOf(gap) >= indexOf(first) && indexOf(gap) <= indexOf(first) + chosen.length;
  return isRun && isThere ? "same-place" : null;
}

export function canMoveAll(paths: readonly Path[], gap: Path): boolean {
  return whyNotMove(paths, gap) === null;
}

/**
 * Takes the chosen nodes to the gap, one below the other in the order in which they stood. All places are named as they are
 * before the move. No reference changes: one that now points downwards is reported by Python, and right again once moved back.
 */
export function moveAll(stack: LayerStack, paths: readonly Path[], gap: Path): Outcome {
  const chosen = topmost(paths).filter((path) => nodeAt(stack, path));
  if (!canMoveAll(chosen, gap)) return { stack, paths: chosen };
  const nodes = chosen.flatMap((path) => nodeAt(stack, path) ?? []);
  const rest = without(stack, new Set(chosen.map(pathName)));
  const place = placeWithout(gap, chosen);
  const parent = parentOf(place);
  return {
    stack: changeSiblings(rest, parent, (list) => list.toSpliced(indexOf(place), 0, ...nodes)),
    paths: nodes.map((_, i) => at(parent, indexOf(place) + i)),
  };
}
