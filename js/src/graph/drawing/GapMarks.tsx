import { ViewportPortal } from "@xyflow/react";
import { pathName } from "../stack/path";
import type { Gap } from "./layout";
import { LEVELS } from "./levels";
import { useSeen } from "./useSeen";

interface Props {
  readonly gaps: readonly Gap[];
  readonly isDragging: boolean;
  readonly active: Gap | null;
  readonly takes: (gap: Gap) => boolean;
  /** What would stand there. */
  readonly title: string;
}

/** The places where a dragged layer can go. They are seen only while something is dragged. */
export function GapMarks({ gaps, isDragging, active, takes, title }: Props) {
  const isSeen = useSeen();
  if (!isDragging) return null;
  return (
    <ViewportPortal>
      <div className="slm-marks" style={{ zIndex: LEVELS.marks }}>
        {gaps
          .filter(({ y }) => isSeen(y))
          .map((gap) => (
            <div
              key={pathName(gap.path)}
              className="slm-gap"
              data-testid={`gap-${pathName(gap.path)}`}
              data-open={takes(gap) || undefined}
              data-active={gap === active || undefined}
              style={{ left: gap.x, top: gap.y, width: gap.width }}
            >
              {gap === active && <span className="slm-gap-title">{title}</span>}
            </div>
          ))}
      </div>
    </ViewportPortal>
  );
}
