import { ReactFlowProvider } from "@xyflow/react";
import { useRef } from "react";
import type { Analysis, LayerStack, Palette, Texts } from "../../wire/types";
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
  /** `step` names what goes on over several changes, such as typing in one field. */
  readonly onChange: (stack: LayerStack, step?: string) => void;
  /** What was being typed is complete. */
  readonly onSettle: () => void;
  readonly onUndo: () => void;
  readonly onRedo: () => void;
  readonly onLanguage: () => void;
  /** Asks for the design's code; fails with the sentences that say why there is none. */
  readonly askCode: () => Promise<string>;
}

/** The editor as a plain component: values in, callbacks out. */
export function GraphEditor(props: GraphEditorProps) {
  const { texts, stack, heightPx } = props;
  const ref = useRef<HTMLDivElement>(null);
  useShield(ref);
  return (
    <div ref={ref} className="slm-editor" style={{ height: heightPx }} data-testid="graph-editor">
      <ErrorBoundary heading={texts.broken} retry={texts.retry} content={stack}>
        <ReactFlowProvider>
          <Editor {...props} />
        </ReactFlowProvider>
      </ErrorBoundary>
    </div>
  );
}
