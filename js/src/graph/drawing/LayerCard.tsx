import type { NodeProps } from "@xyflow/react";
import { memo } from "react";
import { CardFace } from "./CardFace";
import { cardProps } from "./cardProps";
import type { CardNode } from "./nodeTypes";
import { useReportedHeight } from "./useReportedHeight";

/** One layer. */
export const LayerCard = memo(function LayerCard({ data }: NodeProps<CardNode>) {
  const ref = useReportedHeight(data.item.key, data.onHeight);
  return (
    <div ref={ref} className="slm-card" {...cardProps(data)}>
      <CardFace id={data.item.key} facts={data.facts} />
    </div>
  );
});
