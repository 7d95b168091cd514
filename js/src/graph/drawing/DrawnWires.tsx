import { ViewportPortal } from "@xyflow/react";
import { memo, useMemo } from "react";
import type { Layout } from "./layout";
import { LEVELS } from "./levels";
import { type Wire, wiresOf } from "./wires";

interface Props {
  readonly layout: Layout;
  /** The shape of what comes out of an item, in words; null where shapes are not wanted. */
  readonly shapeOf: ((key: string) => string) | null;
}

/**
 * All wires in one picture: a picture for each would be a layer of its own for the browser, and moving hundreds is slow. A
 * screen reader hears of references from the cards.
 */
export const DrawnWires = memo(function DrawnWires({ layout, shapeOf }: Props) {
  const wires = useMemo(() => wiresOf(layout), [layout]);
  const joined = (kind: Wire["kind"], part: "path" | "tip") =>
    wires.flatMap((wire) => (wire.kind === kind ? [wire[part]] : [])).join(" ");
  return (
    <ViewportPortal>
      <svg className="slm-wires" style={{ zIndex: LEVELS.wires }} aria-hidden="true">
        <path className="slm-wire" d={joined("flow", "path")} />
        <path className="slm-tip" d={joined("flow", "tip")} />
        <path className="slm-wire slm-arc" d={joined("arc", "path")} />
        <path className="slm-tip slm-tip-arc" d={joined("arc", "tip")} />
        {shapeOf && wires.map((wire) => <Shape key={wire.key} wire={wire} shapeOf={shapeOf} />)}
      </svg>
    </ViewportPortal>
  );
});

/** What flows along a wire, in words beside it. */
function Shape({ wire, shapeOf }: { readonly wire: Wire; readonly shapeOf: (key: string) => string }) {
  const { x, y, isUpright } = wire.words;
  return (
    <text
      className="slm-wire-shape"
      transform={`translate(${x} ${y})${isUpright ? "" : " rotate(90)"}`}
      textAnchor={isUpright ? "start" : "middle"}
      dominantBaseline="central"
    >
      {wire.carries === null ? "" : shapeOf(wire.carries)}
    </text>
  );
}
