import type { NodeProps } from "@xyflow/react";
import { memo } from "react";
import { CardFace } from "./CardFace";
import { cardProps } from "./cardProps";
import type { CardNode } from "./nodeTypes";
import { RepeatBadge } from "./RepeatBadge";
import { useReportedHeight } from "./useReportedHeight";

/** A block: a frame around its layers, its own facts on top. */
export const BlockFrame = memo(function BlockFrame({ data }: NodeProps<CardNode>) {
  const { item, facts } = data;
  const ref = useReportedHeight(item.key, data.onHeight);
  const badge = facts.repeats && (
    <RepeatBadge
      {...facts.repeats}
      id={item.key}
      jumps={data.jumps}
      onChange={(name, value) => data.onField(item, name, value)}
      onSettle={data.onSettle}
    />
  );
  return (
    <div className="slm-frame" {...cardProps(data)}>
      <div ref={ref} className="slm-frame-header">
        <CardFace id={item.key} facts={facts} badge={badge} />
      </div>
      {item.children.length === 0 && <div className="slm-frame-empty">{data.emptyText}</div>}
    </div>
  );
});
