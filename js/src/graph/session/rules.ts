// A teacher's rules, as Python enforces them (slm_widgets/stack/given.py says what they mean). Here they grey things out and
// refuse drags; tests/fixtures/editor_rules.json is read by the tests of both.

import type { LayerNode, LayerStack, Rules } from "../../wire/types";
import { idOf } from "../stack/ids";
import { sameJson } from "../stack/sameJson";

export type Reason = "readonly" | "added" | "removed" | "twice" | "changed" | "block" | "order";

export interface Broken {
  readonly reason: Reason;
  /** The layer that it is about. */
  readonly id: string | null;
  /** Its type, or the type that is not allowed. */
  readonly type: string;
}

/** Whether the rules let what was given become `after`; else the first rule that does not. */
export function allows(rules: Rules, after: LayerStack): true | Broken {
  if (rules.isReadOnly) return sameJson(rules.given, after) || { reason: "readonly", id: null, type: "" };
  if (rules.allowed === null && rules.locked.size === 0) return true;
  const [given, now] = [walk(rules.given), walk(after)];
  return added(given, now, rules.allowed) ?? unlocked(given, now, rules.locked) ?? true;
}

interface Found {
  readonly id: string | null;
  readonly node: LayerNode;
  /** The ids of the blocks around it. */
  readonly blocks: readonly (string | null)[];
}

function walk(nodes: LayerStack, blocks: Found["blocks"] = [], found: Found[] = []): Found[] {
  for (const node of nodes) {
    const id = idOf(node);
    found.push({ id, node, blocks });
    if (node.children) walk(node.children, [...blocks, id], found);
  }
  return found;
}

function added(before: readonly Found[], after: readonly Found[], allowed: Rules["allowed"]): Broken | null {
  for (const type of allowed ? new Set(after.map(({ node }) => node.type)) : []) {
    if (allowed?.has(type)) continue;
    const [old, now] = [before, after].map((all) => all.filter(({ node }) => node.type === type)) as [Found[], Found[]];
    if (now.length <= old.length) continue;
    const ids = new Set(old.map(({ id }) => id));
    const culprit = now.find(({ id }) => !ids.has(id)) ?? now.at(-1);
    return { reason: "added", id: culprit?.id ?? null, type };
  }
  return null;
}

function unlocked(before: readonly Found[], after: readonly Found[], locked: ReadonlySet<string>): Broken | null {
  const [given, now] = [byId(before, locked), byId(after, locked)];
  for (const [id, [first, ...others]] of given) {
    const reason = first && whatHappened(first, now.get(id) ?? [], 1 + others.length);
    if (reason) return { reason, id, type: first.node.type };
  }
  const isOnce = (id: string) => given.get(id)?.length === 1 && now.get(id)?.length === 1;
  const order = [...now.keys()].filter(isOnce);
  const moved = [...given.keys()].filter(isOnce).find((id, index) => id !== order[index]);
  return moved === undefined ? null : { reason: "order", id: moved, type: given.get(moved)?.[0]?.node.type ?? "" };
}

function byId(found: readonly Found[], ids: ReadonlySet<string>): ReadonlyMap<string, Found[]> {
  const groups = new Map<string, Found[]>();
  for (const one of found) {
    if (one.id === null || !ids.has(one.id)) continue;
    const group = groups.get(one.id);
    if (group) group.push(one);
    else groups.set(one.id, [one]);
  }
  return groups;
}

function whatHappened(given: Found, now: readonly Found[], often: number): Reason | null {
  const [first] = now;
  if (!first || now.length !== often) return now.length > often ? "twice" : "removed";
  if (!sameJson(own(given.node), own(first.node))) return "changed";
  return sameJson(given.blocks, first.blocks) ? null : "block";
}

/** What belongs to the layer itself; null means absent. */
function own({ children: _, ...node }: LayerNode) {
  return {
    ...node,
    data: Object.entries(node.data)
      .filter(([, value]) => value !== null)
      .sort(byName),
  };
}

function byName([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : 1;
}
