import type { NodeProps } from "@xyflow/react";
import { memo } from "react";
import { BlockTools } from "./BlockTools";
import { CardFace } from "./CardFace";
import { cardProps } from "./cardProps";
import { MarkNote } from "./MarkNote";
import type { CardNode } from "./nodeTypes";
import { useReportedHeight } from "./useReportedHeight";

/** A block: a frame around its layers, its own facts on top. */
export const BlockFrame = memo(function BlockFrame({ data }: NodeProps<CardNode>) {
  const { item, facts } = data;
  const ref = useReportedHeight(item.key, data.onHeight);
  return (
    <div className="slm-frame" {...cardProps(data)}>
      <div ref={ref} className="slm-frame-header">
        <CardFace id={item.key} facts={facts} badge={<BlockTools data={data} />} />
        <MarkNote mark={data.mark} />
      </div>
      {item.children.length === 0 && <div className="slm-frame-empty">{data.texts.empty_block}</div>}
    </div>
  );
});
