import { ReactFlowProvider } from "@xyflow/react";
import { type ReactNode, useRef } from "react";
import type { Comparison } from "../../wire/readComparison";
import type { Ask } from "../../wire/requests";
import type { Analysis, LayerStack, Palette, Rules, Texts } from "../../wire/types";
import type { CostProps } from "../totals/CostTotals";
import { Editor } from "./Editor";
import { ErrorBoundary } from "./ErrorBoundary";
import { useShield } from "./useShield";

export interface GraphEditorProps {
  readonly stack: LayerStack;
  readonly palette: Palette;
  readonly analysis: Analysis;
  readonly texts: Texts;
  readonly notice: string;
  readonly heightPx: number;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  /** Grows with every undo and redo. */
  readonly jumps: number;
  readonly isChecking: boolean;
  /** The kernel that knew this design is gone. */
  readonly isLost: boolean;
  readonly rules: Rules;
  /** The keys of the blocks that are drawn as one card. */
  readonly folded: readonly string[];
  /** What is counted of the design; null where nothing is. */
  readonly costs: CostProps | null;
  /** Another design beside this one; null where there is none. */
  readonly comparison: Comparison | null;
  /** The menu of files and presets. */
  readonly files: ReactNode;
  /** `step` names what goes on over several changes, such as typing in one field. */
  readonly onChange: (stack: LayerStack, step?: string) => void;
  /** What was being typed is complete. */
  readonly onSettle: () => void;
  readonly onUndo: () => void;
  readonly onRedo: () => void;
  readonly onLanguage: () => void;
  readonly onFold: (keys: readonly string[]) => void;
  /** Asks Python; fails with its sentences. */
  readonly ask: Ask;
}

/** The editor as a plain component: values in, callbacks out. */
export function GraphEditor(props: GraphEditorProps) {
  const { texts, stack, heightPx } = props;
  const ref = useRef<HTMLDivElement>(null);
  useShield(ref);
  return (
    <div
      ref={ref}
      className="slm-editor"
      lang={texts.language_code}
      style={{ height: heightPx }}
      data-testid="graph-editor"
    >
      <ErrorBoundary heading={texts.broken} retry={texts.retry} content={stack}>
        <ReactFlowProvider>
          <Editor {...props} />
        </ReactFlowProvider>
      </ErrorBoundary>
    </div>
  );
}
