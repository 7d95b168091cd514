import type { NodeProps } from "@xyflow/react";
import { memo } from "react";
import { BlockTools } from "./BlockTools";
import { CardFace } from "./CardFace";
import { cardProps } from "./cardProps";
import { MarkNote } from "./MarkNote";
import type { CardNode } from "./nodeTypes";
import { useReportedHeight } from "./useReportedHeight";

/** One layer, or a folded block. */
export const LayerCard = memo(function LayerCard({ data }: NodeProps<CardNode>) {
  const { item, facts } = data;
  const ref = useReportedHeight(item.key, data.onHeight);
  return (
    <div ref={ref} className="slm-card" data-folded={data.isFolded || undefined} {...cardProps(data)}>
      <CardFace id={item.key} facts={facts} badge={item.isBlock && <BlockTools data={data} />} />
      <MarkNote mark={data.mark} />
    </div>
  );
});
