import { createElement, type ReactNode } from "react";
import type { Formula, MathNode } from "../../wire/types";

/** Formulas under each other, drawn by the browser. Elements are made one by one from what readFormula.ts has let through. */
export function MathFormulas({ formulas }: { readonly formulas: readonly Formula[] }) {
  return formulas.map(({ tree }, at) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a formula is its place in the list; nothing in it is kept
    <div key={at} className="slm-formula">
      {draw(tree)}
    </div>
  ));
}

function draw({ tag, attributes, children }: MathNode): ReactNode {
  return createElement(tag, attributes, ...children.map((child) => (typeof child === "string" ? child : draw(child))));
}
