// @vitest-environment happy-dom
// The page's end of the traits: which number goes with which nodes, in whatever order the traits arrive.

import type { AnyModel } from "@anywidget/types";
import { beforeEach, expect, test } from "vitest";
import { sameJson } from "../src/graph/stack/sameJson";
import { connect } from "../src/widgets/editor_model/connect";
import type { Model } from "../src/widgets/editor_model/model";
import { node } from "./stacks";

const [A, B, C] = ["a", "b", "c"].map((id) => [node("linear", id)]) as [never, never, never];

/** A widget model as Jupyter's are: all of a message is there before the first change is told, and what is the same is not sent. */
function createModel(origin: unknown = {}) {
  const values: Record<string, unknown> = {
    layer_stack: A,
    opened: 0,
    config: { name: "a" },
    texts: {},
    analysis: {},
    origin,
  };
  const listeners: [string, (value: never) => void][] = [];
  const tell = (event: string, value: unknown) => {
    for (const [name, listener] of listeners) if (name === event) listener(value as never);
  };
  const take = (message: Record<string, unknown>) => {
    const news = Object.keys(message).filter((name) => !sameJson(values[name], message[name]));
    Object.assign(values, message);
    for (const name of news) tell(`change:${name}`, message[name]);
    return news;
  };
  let unsent: Record<string, unknown> = {};
  const sent: Record<string, unknown>[] = [];
  const asked: Record<string, unknown>[] = [];
  const model = {
    get: (name: string) => values[name],
    set: (name: string, value: unknown) => {
      for (const changed of take({ [name]: value })) unsent[changed] = value;
    },
    save_changes: () => {
      const { edition: _, ...state } = unsent;
      sent.push(state);
      unsent = {};
    },
    on: (event: string, listener: (value: never) => void) => void listeners.push([event, listener]),
    send: (content: Record<string, unknown>) => void asked.push(content),
  };
  const answer = (value: unknown) => tell("msg:custom", { id: asked.at(-1)?.id, ok: true, value });
  const refuse = () => tell("msg:custom", { id: asked.at(-1)?.id, ok: false, message: "no" });
  return { model: model as unknown as AnyModel<Model>, take, sent, asked, answer, refuse };
}

beforeEach(() => sessionStorage.clear());

test.each([
  ["in one message", [{ layer_stack: B, opened: 4 }]],
  ["in one message, the number first", [{ opened: 4, layer_stack: B }]],
  ["trait by trait", [{ layer_stack: B }, { config: { name: "b" } }, { opened: 4 }]],
])("the next gesture after Python opened a design %s belongs to that design", (_, messages) => {
  const { model, take, sent } = createModel();
  const { design } = connect(model);
  for (const message of messages) take(message);
  design.change(C);
  expect(sent).toEqual([{ layer_stack: C }]); // the number that the model holds already
  expect(model.get("opened")).toBe(4);
  design.undo();
  expect(model.get("opened")).toBe(4);
  design.undo();
  expect([model.get("opened"), model.get("layer_stack")]).toEqual([0, A]);
  design.redo();
  expect([model.get("opened"), model.get("layer_stack")]).toEqual([4, B]);
});

test("a design with the same nodes, which Python opened, is what the drawing goes back to", () => {
  const { model, take } = createModel();
  const { design } = connect(model);
  take({ opened: 2, config: { name: "another" } });
  design.change(B);
  expect(model.get("opened")).toBe(2);
});

test("a kept drawing is restored with its config, through Python, as one step", async () => {
  const before = createModel({ place: "cell", session: "1" });
  connect(before.model).design.change(B);
  const after = createModel({ place: "cell", session: "2" });
  const { design, offer } = connect(after.model);
  const restored = offer.restore();
  const { kind, text } = after.asked.at(-1) as { kind: string; text: string };
  expect(kind).toBe("open");
  expect(JSON.parse(text)).toEqual({ format: "slm-widgets", version: 1, config: { name: "a" }, layer_stack: B });
  expect(offer.get()).not.toBeNull(); // a kernel that is busy has not answered yet
  after.answer({ layer_stack: B, opened: 7, notes: [] });
  await restored;
  expect(after.sent).toEqual([{ layer_stack: B, opened: 7 }]);
  expect(offer.get()).toBeNull();
  design.undo();
  expect(after.sent.at(-1)).toEqual({ layer_stack: A, opened: 0 });
  expect(design.get().history.past).toBeNull();
});

test("what Python refuses to read is restored all the same, without its config", async () => {
  connect(createModel({ place: "cell", session: "1" }).model).design.change(B);
  const { model, sent, refuse } = createModel({ place: "cell", session: "2" });
  const { offer } = connect(model);
  const restored = offer.restore();
  refuse();
  await restored;
  expect(sent).toEqual([{ layer_stack: B }]);
});
