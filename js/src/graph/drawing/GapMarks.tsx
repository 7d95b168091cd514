import { ViewportPortal } from "@xyflow/react";
import { pathName } from "../stack/path";
import type { Gap } from "./layout";

interface Props {
  readonly gaps: readonly Gap[];
  readonly isDragging: boolean;
  readonly active: Gap | null;
  readonly takes: (gap: Gap) => boolean;
}

/** The places where a dragged layer can go. They are seen only while something is dragged. */
export function GapMarks({ gaps, isDragging, active, takes }: Props) {
  return (
    <ViewportPortal>
      {gaps.map((gap) => (
        <div
          key={pathName(gap.path)}
          className="slm-gap"
          data-testid={`gap-${pathName(gap.path)}`}
          data-open={(isDragging && takes(gap)) || undefined}
          data-active={gap === active || undefined}
          style={{ transform: `translate(${gap.x}px, ${gap.y}px)`, width: gap.width }}
        />
      ))}
    </ViewportPortal>
  );
}
