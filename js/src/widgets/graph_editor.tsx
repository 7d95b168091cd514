// The editor as a notebook widget: the one file of the editor that knows the widget model.

import { createRender, useModel, useModelState } from "@anywidget/react";
import type { AnyModel } from "@anywidget/types";
import { useCallback, useMemo, useSyncExternalStore } from "react";
import { createDesign, type Design } from "../graph/editor/design";
import { GraphEditor } from "../graph/editor/GraphEditor";
import { readFileState } from "../graph/files/answers";
import { FilesBar } from "../graph/files/FilesBar";
import { createOpenedDesigns, type OpenedDesigns } from "../graph/files/openedDesigns";
import { createKeeper } from "../graph/session/keeper";
import { keepDesign, type Offer } from "../graph/session/keeping";
import { SessionNotes } from "../graph/session/SessionNotes";
import { useSlow } from "../graph/session/useSlow";
import type { CostProps } from "../graph/totals/CostTotals";
import { readAnalysis, readTexts } from "../wire/readAnalysis";
import { readComparison } from "../wire/readComparison";
import { readCosts, readWorkload, writeWorkload } from "../wire/readCosts";
import { readOrigin } from "../wire/readOrigin";
import { readPalette } from "../wire/readPalette";
import { readRules } from "../wire/readRules";
import { isRecord, readStack } from "../wire/readStack";
import { type Ask, createRequests } from "../wire/requests";
import type { LayerStack } from "../wire/types";
import "../graph/styles/editor.css";

interface Model {
  layer_stack: unknown;
  config: unknown;
  edition: string;
  origin: unknown;
  readonly: unknown;
  locked: unknown;
  allowed: unknown;
  hints: unknown;
  refusal: unknown;
  palette: unknown;
  analysis: unknown;
  texts: unknown;
  costs: unknown;
  workload: unknown;
  comparison: unknown;
  file_state: unknown;
  opened: number;
  folded: readonly string[];
  language: string;
  height_px: number;
}

/** Ties a design to the trait: gestures are sent to Python, and what Python assigns is recorded. */
function connect(model: AnyModel<Model>): [Design, OpenedDesigns] {
  const current = () => readStack(model.get("layer_stack"));
  // Jupyter's own models tell when the kernel has dealt with a message; others take no notice of what they are given here.
  const save: (callbacks: object) => void = model.save_changes;
  const first = current();
  const opened = createOpenedDesigns(first, model.get("opened"));
  const design = createDesign(first, (stack, edition) => {
    model.set("opened", opened.numberOf(stack));
    model.set("layer_stack", stack);
    model.set("edition", edition);
    save({ iopub: { status: (message: unknown) => isIdle(message) && design.handled(edition) } });
  });
  // Our own `set` is heard here too; a design takes no notice of what it shows already.
  model.on("change:layer_stack", () => {
    const stack = current();
    opened.note(stack, model.get("opened"));
    design.receive(stack);
  });
  design.subscribe(() => opened.numberOf(design.get().history.present));
  model.on("change:analysis", () => {
    const analysis: unknown = model.get("analysis");
    design.answered(isRecord(analysis) ? analysis.edition : undefined);
  });
  // An event of Jupyter's own models, which others never send: the channel, there from the first, is cut.
  model.on("comm_live_update" as "change", design.cut);
  return [design, opened];
}

function isIdle(message: unknown): boolean {
  return isRecord(message) && isRecord(message.content) && message.content.execution_state === "idle";
}

function keep(model: AnyModel<Model>, design: Design): Offer {
  const origin = readOrigin(model.get("origin"));
  return keepDesign(
    design,
    createKeeper(() => sessionStorage, location.pathname, origin),
  );
}

/** After so long without an answer, a person is told that the kernel may be gone. */
const SILENT_MS = 15_000;

interface Props {
  readonly design: Design;
  readonly opened: OpenedDesigns;
  readonly offer: Offer;
  readonly ask: Ask;
}

function Widget({ design, opened, offer, ask }: Props) {
  const model = useModel<Model>();
  const { history, isChecking, isUnheard } = useSyncExternalStore(design.subscribe, design.get);
  const offered = useSyncExternalStore(offer.subscribe, offer.get);
  const palette = useTrait("palette", readPalette);
  const analysis = useTrait("analysis", readAnalysis);
  const texts = useTrait("texts", readTexts);
  const fileState = useTrait("file_state", readFileState);
  const [refusal] = useModelState<string>("refusal");
  const rules = useRules();
  const [heightPx] = useModelState<number>("height_px");
  const changeLanguage = useCallback(() => {
    model.set("language", texts.other_language_code ?? "en");
    model.save_changes();
  }, [model, texts]);
  const [folded, setFolded] = useModelState<readonly string[]>("folded");
  const openDesign = (stack: LayerStack, number: number) => {
    opened.note(stack, number);
    design.change(stack);
  };
  const comparison = useTrait("comparison", readComparison);
  const costs = useCosts();
  const compare = useCallback((name: string) => ask("compare", { source: name, name }), [ask]);
  const isSilent = useSlow(isChecking, SILENT_MS);
  const text = () => {
    const config = model.get("config");
    return JSON.stringify({ format: "slm-widgets", version: 1, config, layer_stack: history.present }, null, 1);
  };
  return (
    <>
      <SessionNotes
        {...{ texts, text, isSilent }}
        isLost={isUnheard}
        hasOffer={offered !== null && !rules.isReadOnly}
        onRestore={offer.restore}
        onForget={offer.forget}
      />
      <GraphEditor
        stack={history.present}
        canUndo={history.past !== null}
        canRedo={history.future !== null}
        jumps={history.jumps}
        onChange={design.change}
        onSettle={design.settle}
        onUndo={design.undo}
        onRedo={design.redo}
        onLanguage={changeLanguage}
        onFold={setFolded}
        isChecking={isChecking && !isUnheard}
        notice={refusal}
        files={
          <FilesBar
            onOpen={openDesign}
            onCompare={compare}
            isReadOnly={rules.isReadOnly}
            {...{ ask, texts, fileState }}
          />
        }
        {...{ palette, analysis, texts, rules, heightPx, folded, costs, comparison, ask }}
      />
    </>
  );
}

function useTrait<T>(name: string, read: (value: unknown) => T): T {
  const [value] = useModelState<unknown>(name);
  return useMemo(() => read(value), [value, read]);
}

function useCosts(): CostProps | null {
  const costs = useTrait("costs", readCosts);
  const workload = useTrait("workload", readWorkload);
  const [, setWorkload] = useModelState<unknown>("workload");
  return useMemo(
    () => workload && { costs, workload, onWorkload: (next) => setWorkload(writeWorkload(next)) },
    [costs, workload, setWorkload],
  );
}

function useRules() {
  const [readonly] = useModelState<unknown>("readonly");
  const [locked] = useModelState<unknown>("locked");
  const [allowed] = useModelState<unknown>("allowed");
  const [hints] = useModelState<unknown>("hints");
  return useMemo(() => readRules(readonly, locked, allowed, hints), [readonly, locked, allowed, hints]);
}

/** Called once for each widget model, so that all views of one editor share its design and its history. */
export default () => {
  let design: Design;
  let opened: OpenedDesigns;
  let offer: Offer;
  let ask: Ask;
  return {
    initialize({ model }: { model: AnyModel<Model> }) {
      [design, opened] = connect(model);
      offer = keep(model, design);
      ask = createRequests({
        on: (event, callback) => model.on(event, callback),
        send: (content) => model.send(content),
      });
      ask("costs").catch(() => {}); // somebody looks: from now on they are counted
    },
    render: createRender(() => <Widget {...{ design, opened, offer, ask }} />),
  };
};
