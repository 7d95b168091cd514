import type { LayerNode, LayerStack } from "../../wire/types";
import { INPUT } from "./branches";
import type { Outcome } from "./chosen";
import { Flow, type Target } from "./flow";
import type { ReferenceFields } from "./ids";
import { at, indexOf, isWithin, type Path, parentOf, samePath } from "./path";
import { removeAll } from "./removing";
import { changeSiblings, mapNodes, nodeAt } from "./siblings";
import { withFields } from "./values";
import { referring } from "./wrapping";

export function canUnwrap(stack: LayerStack, path: Path): boolean {
  return nodeAt(stack, path)?.children !== undefined;
}

/**
 * Takes a block away and leaves what is inside, once. What the block read is read by its first layer, and by those that
 * referred to the block's input; its output is that of its last layer.
 *
 * @param wires The fields that something flows through.
 */
export function unwrap(stack: LayerStack, path: Path, wires: ReferenceFields): Outcome {
  const block = nodeAt(stack, path);
  const children = block?.children;
  if (!block || !children) return { stack, paths: block ? [path] : [] };
  if (children.length === 0) return removeAll(stack, [path], wires);
  const flow = new Flow(stack);
  const [first, last] = [at(path, 0), at(path, children.length - 1)];

  const follow = (target: Target, from: Path): string | null => {
    if (!samePath(target.path, path)) return null;
    return target.input ? inputName(path, flow, from) : flow.write(last, false);
  };
  const wired = mapNodes(stack, (node, from) => {
    const values = referring(node, from, flow, wires, (target) => follow(target, from));
    return withFields(node, samePath(from, first) ? { ...values, ...inherited(node, block, from, flow) } : values);
  });
  const freed = changeSiblings(wired, parentOf(path), (list) =>
    list.toSpliced(indexOf(path), 1, ...(list[indexOf(path)]?.children ?? [])),
  );
  return { stack: freed, paths: children.map((_, i) => at(parentOf(path), indexOf(path) + i)) };
}

/** How a node refers to what flows into the block, once that is gone: by what the block reads, or by the block's first layer. */
function inputName(path: Path, flow: Flow, from: Path): string | null {
  const first = at(path, 0);
  const signal = flow.incoming(path);
  const begins = path.length === 1 && path[0] === 0; // then its first layer is what all begins with
  const text = signal && !begins ? flow.spell(signal, from) : null;
  return text ?? (isWithin(from, first) ? null : flow.write(first, true));
}

/** The first layer reads what the block read, unless it names something else. */
function inherited(first: LayerNode, block: LayerNode, path: Path, flow: Flow): Record<string, unknown> {
  const said = first.data[INPUT];
  const target = flow.target(said, path);
  const isStraight = !said || (target?.input === true && samePath(target.path, parentOf(path)));
  return isStraight ? { [INPUT]: block.data[INPUT] } : {};
}
