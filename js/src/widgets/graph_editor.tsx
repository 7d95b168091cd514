// The editor as a notebook widget: it and `editor_model` alone know the widget model.

import { createRender, useModel, useModelState } from "@anywidget/react";
import type { AnyModel } from "@anywidget/types";
import { useCallback, useSyncExternalStore } from "react";
import { GraphEditor } from "../graph/editor/GraphEditor";
import { readFileState } from "../graph/files/answers";
import { designText } from "../graph/files/designText";
import { FilesBar } from "../graph/files/FilesBar";
import { SessionNotes } from "../graph/session/SessionNotes";
import { useSlow } from "../graph/session/useSlow";
import { readAnalysis, readTexts } from "../wire/readAnalysis";
import { readComparison } from "../wire/readComparison";
import { readConfig } from "../wire/readConfig";
import { readPalette } from "../wire/readPalette";
import { readHeight, readNames, readWords } from "../wire/readPlain";
import type { LayerStack } from "../wire/types";
import { connect, type Shared } from "./editor_model/connect";
import type { Model } from "./editor_model/model";
import { useCosts, useRules, useTrait } from "./editor_model/useTraits";
import "../graph/styles/editor.css";

/** After so long without an answer, a person is told that the kernel may be gone. */
const SILENT_MS = 15_000;

function Widget({ design, opened, offer, ask }: Shared) {
  const model = useModel<Model>();
  const { history, isChecking, isUnheard } = useSyncExternalStore(design.subscribe, design.get);
  const offered = useSyncExternalStore(offer.subscribe, offer.get);
  const palette = useTrait("palette", readPalette);
  const analysis = useTrait("analysis", readAnalysis);
  const texts = useTrait("texts", readTexts);
  const fileState = useTrait("file_state", readFileState);
  const refusal = useTrait("refusal", readWords);
  const rules = useRules();
  const heightPx = useTrait("height_px", readHeight);
  const changeLanguage = useCallback(() => {
    model.set("language", texts.other_language_code ?? "en");
    model.save_changes();
  }, [model, texts]);
  const folded = useTrait("folded", readNames);
  const [, setFolded] = useModelState<readonly string[]>("folded");
  const openDesign = (stack: LayerStack, number: number) => {
    opened.note(stack, number);
    design.change(stack);
  };
  const comparison = useTrait("comparison", readComparison);
  const costs = useCosts();
  const compare = useCallback((name: string) => ask("compare", { source: name, name }), [ask]);
  const isSilent = useSlow(isChecking, SILENT_MS);
  const text = () => designText(history.present, readConfig(model.get("config")));
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
        isLost={isUnheard}
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

/** Called once for each widget model, so that all views of one editor share its design and its history. */
export default () => {
  let shared: Shared;
  return {
    initialize({ model }: { model: AnyModel<Model> }) {
      shared = connect(model);
    },
    render: createRender(() => <Widget {...shared} />),
  };
};
