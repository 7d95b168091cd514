// The editor as a notebook widget: the one file of the editor that knows the widget model.

import { createRender, useModel, useModelState } from "@anywidget/react";
import type { AnyModel } from "@anywidget/types";
import { useCallback, useMemo, useSyncExternalStore } from "react";
import { createDesign, type Design } from "../graph/editor/design";
import { GraphEditor } from "../graph/editor/GraphEditor";
import { readAnalysis, readTexts } from "../wire/readAnalysis";
import { readPalette } from "../wire/readPalette";
import { readStack } from "../wire/readStack";
import { type Ask, createRequests } from "../wire/requests";
import "../graph/styles/editor.css";

interface Model {
  layer_stack: unknown;
  palette: unknown;
  analysis: unknown;
  texts: unknown;
  notice: string;
  language: string;
  height_px: number;
}

/** Ties a design to the trait: gestures are sent to Python, and what Python assigns is recorded. */
function connect(model: AnyModel<Model>): Design {
  const current = () => readStack(model.get("layer_stack"));
  const design = createDesign(current(), (stack) => {
    model.set("layer_stack", stack);
    model.save_changes();
  });
  // Our own `set` is heard here too; a design takes no notice of what it shows already.
  model.on("change:layer_stack", () => design.receive(current()));
  model.on("change:analysis", design.answered);
  return design;
}

interface Props {
  readonly design: Design;
  readonly ask: Ask;
}

function Widget({ design, ask }: Props) {
  const model = useModel<Model>();
  const { history, isChecking } = useSyncExternalStore(design.subscribe, design.get);
  const palette = useTrait("palette", readPalette);
  const analysis = useTrait("analysis", readAnalysis);
  const texts = useTrait("texts", readTexts);
  const [notice] = useModelState<string>("notice");
  const [heightPx] = useModelState<number>("height_px");
  const changeLanguage = useCallback(() => {
    model.set("language", texts.other_language_code ?? "en");
    model.save_changes();
  }, [model, texts]);
  const askCode = useCallback(() => ask("code").then(String), [ask]);
  return (
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
      askCode={askCode}
      {...{ palette, analysis, texts, notice, heightPx, isChecking }}
    />
  );
}

function useTrait<T>(name: string, read: (value: unknown) => T): T {
  const [value] = useModelState<unknown>(name);
  return useMemo(() => read(value), [value, read]);
}

/** Called once for each widget model, so that all views of one editor share its design and its history. */
export default () => {
  let design: Design;
  let ask: Ask;
  return {
    initialize({ model }: { model: AnyModel<Model> }) {
      design = connect(model);
      ask = createRequests({
        on: (event, callback) => model.on(event, callback),
        send: (content) => model.send(content),
      });
    },
    render: createRender(() => <Widget design={design} ask={ask} />),
  };
};
