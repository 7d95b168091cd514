import { expect, test } from "vitest";
import { createRequests } from "../src/wire/requests";

/** A kernel that hears several pages and is heard by all of them, as a widget's channel is. */
function createKernel() {
  const pages: ((content: unknown) => void)[] = [];
  const heard: { id: string; kind: string }[] = [];
  const state = { lost: null as string | null };
  return {
    heard,
    state,
    say: (content: unknown) => {
      for (const page of pages) page(content);
    },
    connect: () =>
      createRequests(
        {
          on: (_, callback) => pages.push(callback),
          send: (content) => heard.push(content as { id: string; kind: string }),
        },
        () => state.lost,
      ),
  };
}

test("each request gets its own answer, in whatever order they come", async () => {
  const { connect, heard, say } = createKernel();
  const { ask } = connect();
  const [first, second] = [ask("code"), ask("code")];
  expect(heard.map(({ kind }) => kind)).toEqual(["code", "code"]);
  say({ id: heard[1]?.id, ok: true, value: "second" });
  say({ id: heard[0]?.id, ok: true, value: "first" });
  expect(await first).toBe("first");
  expect(await second).toBe("second");
});

test("a refusal is an error with Python's sentence", async () => {
  const { connect, heard, say } = createKernel();
  const asked = connect().ask("code");
  say({ id: heard[0]?.id, ok: false, message: "Layer 2: 6 heads" });
  await expect(asked).rejects.toThrow("Layer 2: 6 heads");
});

test("another page's answer and nonsense answer nothing", async () => {
  const { connect, heard, say } = createKernel();
  const [{ ask }, { ask: other }] = [connect(), connect()];
  const asked = ask("code");
  void other("code");
  expect(new Set(heard.map(({ id }) => id)).size).toBe(2);
  for (const nonsense of [null, 5, "x", [], {}, { id: 3, ok: true }, { id: "gone", ok: true, value: 1 }]) say(nonsense);
  say({ id: heard[1]?.id, ok: true, value: "theirs" });
  say({ id: heard[0]?.id, ok: true, value: "ours" });
  expect(await asked).toBe("ours");
});

test("when the channel is cut, what was asked fails, and so does what is asked until it is joined again", async () => {
  const { connect, heard, say, state } = createKernel();
  const { ask, cut } = connect();
  const asked = [ask("code"), ask("costs")];
  state.lost = "The kernel was restarted.";
  cut();
  for (const one of [...asked, ask("code")]) await expect(one).rejects.toThrow("The kernel was restarted.");
  expect(heard).toHaveLength(2);
  state.lost = null;
  const again = ask("code");
  say({ id: heard[2]?.id, ok: true, value: "code" });
  expect(await again).toBe("code");
});
