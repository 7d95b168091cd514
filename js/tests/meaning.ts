// What a design computes, by an interpreter of its own that follows the rules of the format one by one, for comparing designs.

import type { LayerNode, LayerStack } from "../src/wire/types";
import { references } from "./stacks";

/** Numbers for values: what is computed in the same way from the same values has the same number. */
export class Meaning {
  private readonly numbers = new Map<string, number>();

  /** The nodes of the latest design that add what comes in to itself. */
  doubled: string[] = [];

  /**
   * The number of what comes out, null where a reference cannot be read.
   *
   * @param gone The ids of nodes that are read as if what they read stood in their place.
   */
  of(stack: LayerStack, gone: ReadonlySet<unknown> = new Set()): number | null {
    this.doubled = [];
    const scope = new Map<string, number>();
    return this.run(stack, this.value("begin", []), scope, "", gone);
  }

  private value(name: string, from: readonly number[]): number {
    const key = `${name}(${from})`;
    const known = this.numbers.get(key) ?? this.numbers.size;
    this.numbers.set(key, known);
    return known;
  }

  private run(
    nodes: LayerStack,
    into: number,
    scope: Map<string, number>,
    repeat: string,
    gone: ReadonlySet<unknown>,
  ): number | null {
    let x = into;
    let lost = into; // what comes from above for a node that is gone itself
    for (const node of nodes) {
      const id = String(node.data.id);
      const input = node.data.input ? read(scope, node.data.input) : gone.has(id) ? lost : x;
      if (input === null) return null;
      if (gone.has(id)) {
        scope.set(id, input).set(`${id}:in`, input);
        lost = input;
        continue;
      }
      const out = this.out(node, input, scope, repeat, gone);
      if (out === null) return null;
      scope.set(id, out).set(`${id}:in`, input);
      x = out;
      lost = out;
    }
    return x;
  }

  private out(
    node: LayerNode,
    input: number,
    scope: Map<string, number>,
    repeat: string,
    gone: ReadonlySet<unknown>,
  ): number | null {
    const id = String(node.data.id);
    if (node.children) {
      let x: number | null = input;
      for (let i = 0; x !== null && i < Number(node.data.numOfBlocks ?? 1); i++) {
        const inside = new Map(scope).set(`${id}:in`, x);
        const again: string = i === 0 ? repeat : `${repeat}${id}#${i}/`;
        x = this.run(node.children, x, inside, again, gone);
      }
      return x;
    }
    if (!references(node.type).includes("source")) return this.value(repeat + id, [input]);
    const source = read(scope, node.data.source);
    if (source === input) this.doubled.push(id);
    return source === null ? null : this.value(repeat + id, [input, source]);
  }
}

function read(scope: ReadonlyMap<string, number>, text: unknown): number | null {
  return scope.get(String(text).replace(/-in$/, ":in")) ?? null;
}
