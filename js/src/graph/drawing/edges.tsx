import type { EdgeProps } from "@xyflow/react";
import type { WireEdge } from "./wires";

/** A piece of the line that the flow runs along, or a way round at the left of the column; its tip at the end. */
export function FlowWire({ data }: EdgeProps<WireEdge>) {
  return (
    <>
      <path className="slm-wire" d={data?.path} />
      <path className="slm-tip" d={data?.tip} />
    </>
  );
}

/** What is added to the flow or looked at beside it: an arc at the right of the column. */
export function ArcWire({ data }: EdgeProps<WireEdge>) {
  return (
    <>
      <path className="slm-wire slm-arc" d={data?.path} />
      <path className="slm-tip slm-tip-arc" d={data?.tip} />
    </>
  );
}
