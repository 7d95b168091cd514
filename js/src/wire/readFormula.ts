// Formulas come as trees of MathML. What is not on these lists is left out, so that nobody's formula can be anything else.

import { isRecord } from "./readStack";
import type { Formula, MathNode } from "./types";

const TAGS = new Set(
  (
    "math mrow mi mn mo mtext mspace mfrac msqrt mroot mstyle msub msup msubsup munder mover munderover " +
    "mtable mtr mtd"
  ).split(" "),
);
const ATTRIBUTES = new Set(
  (
    "alttext display stretchy fence form separator largeop movablelimits accent accentunder width height depth " +
    "lspace rspace minsize maxsize linethickness mathvariant displaystyle scriptlevel columnalign columnspacing rowspacing"
  ).split(" "),
);
const DEEPEST = 50;

export function readFormulas(value: unknown): Formula[] {
  if (!Array.isArray(value)) return [];
  return value.filter(isRecord).flatMap((formula) => {
    const tree = readMath(formula.tree, 0);
    if (tree?.tag !== "math") return [];
    return [{ field: typeof formula.field === "string" ? formula.field : null, value: formula.value, tree }];
  });
}

function readMath(value: unknown, depth: number): MathNode | null {
  if (!isRecord(value) || typeof value.tag !== "string" || !TAGS.has(value.tag) || depth > DEEPEST) return null;
  const attributes = isRecord(value.attributes) ? Object.entries(value.attributes) : [];
  const children: readonly unknown[] = Array.isArray(value.children) ? value.children : [];
  return {
    tag: value.tag,
    attributes: Object.fromEntries(
      attributes.filter((pair): pair is [string, string] => ATTRIBUTES.has(pair[0]) && typeof pair[1] === "string"),
    ),
    children: children
      .map((child) => (typeof child === "string" ? child : readMath(child, depth + 1)))
      .filter((child) => child !== null),
  };
}
