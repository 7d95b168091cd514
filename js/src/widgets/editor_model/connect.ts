// What all views of one editor share: its design, where that is kept, and the questions to Python.

import type { AnyModel } from "@anywidget/types";
import { createDesign, type Design } from "../../graph/editor/design";
import { readOpened } from "../../graph/files/answers";
import { designText } from "../../graph/files/designText";
import { createOpenedDesigns, type OpenedDesigns } from "../../graph/files/openedDesigns";
import { createKeeper, type KeptDesign } from "../../graph/session/keeper";
import { keepDesign, type Offer } from "../../graph/session/keeping";
import { sameJson } from "../../graph/stack/sameJson";
import { readTexts } from "../../wire/readAnalysis";
import { readConfig } from "../../wire/readConfig";
import { readOrigin } from "../../wire/readOrigin";
import { isRecord, readStack } from "../../wire/readStack";
import { type Ask, type Channel, createRequests } from "../../wire/requests";
import type { Model } from "./model";

export interface Shared {
  readonly design: Design;
  readonly opened: OpenedDesigns;
  readonly offer: Offer;
  readonly ask: Ask;
}

export function connect(model: AnyModel<Model>): Shared {
  const [design, opened] = connectDesign(model);
  const channel: Channel = {
    on: (event, callback) => model.on(event, callback),
    send: (content) => model.send(content),
  };
  const lost = () => (design.get().isUnheard ? (readTexts(model.get("texts")).kernel_lost ?? "") : null);
  const { ask, cut } = createRequests(channel, lost);
  design.subscribe(() => design.get().isUnheard && cut());
  ask("costs").catch(() => {}); // somebody looks: from now on they are counted
  return { design, opened, offer: keep(model, { design, opened, ask }), ask };
}

/** Ties a design to the trait: gestures are sent to Python, and what Python assigns is recorded. */
function connectDesign(model: AnyModel<Model>): [Design, OpenedDesigns] {
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
  // The number belongs to the stack that the model holds beside it, whichever of the two is told of first.
  const noteOpened = () => {
    const { present } = design.get().history;
    if (sameJson(present, current())) opened.note(present, model.get("opened"));
  };
  // Our own `set` is heard here too; a design takes no notice of what it shows already.
  model.on("change:layer_stack", () => {
    design.receive(current());
    noteOpened();
  });
  model.on("change:opened", noteOpened);
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

function keep(model: AnyModel<Model>, { design, opened, ask }: Omit<Shared, "offer">): Offer {
  const origin = readOrigin(model.get("origin"));
  const config = () => readConfig(model.get("config"));
  const draw = async ({ stack, config }: KeptDesign) => {
    try {
      const answer = readOpened(await ask("open", { text: designText(stack, config) }));
      opened.note(answer.stack, answer.number);
      design.change(answer.stack);
    } catch {
      design.change(stack); // what Python does not read as a file is drawn all the same, without its config
    }
  };
  const keeper = createKeeper(() => sessionStorage, location.pathname, origin);
  return keepDesign(design, { keeper, config, draw });
}
