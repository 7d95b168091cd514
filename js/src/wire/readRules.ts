import { readNames } from "./readPlain";
import { readStack } from "./readStack";
import type { Rules } from "./types";

/** The traits that make the rules, as they come. */
export type RuleTraits = Readonly<Record<"readonly" | "locked" | "allowed" | "hints" | "given", unknown>>;

/** What a teacher rules; whatever else comes over the wire rules nothing here, and Python refuses all the same. */
export function readRules({ readonly, locked, allowed, hints, given }: RuleTraits): Rules {
  return {
    isReadOnly: readonly === true,
    locked: new Set(readNames(locked)),
    allowed: Array.isArray(allowed) ? new Set(readNames(allowed)) : null,
    hasHints: hints !== false,
    given: readStack(given),
  };
}
