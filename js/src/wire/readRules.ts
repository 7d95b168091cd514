import type { Rules } from "./types";

/** What a teacher rules; whatever else comes over the wire rules nothing here, and Python refuses all the same. */
export function readRules(readonly: unknown, locked: unknown, allowed: unknown, hints: unknown): Rules {
  return {
    isReadOnly: readonly === true,
    locked: new Set(texts(locked)),
    allowed: Array.isArray(allowed) ? new Set(texts(allowed)) : null,
    hasHints: hints !== false,
  };
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((text) => typeof text === "string") : [];
}
