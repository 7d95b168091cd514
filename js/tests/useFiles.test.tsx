// @vitest-environment happy-dom
import { act, cleanup, renderHook } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { type Files, useFiles } from "../src/graph/files/useFiles";

// A browser without a screen paints nothing.
vi.mock("../src/graph/files/picture", async (load) => ({
  ...(await load<object>()),
  pngOfSvg: async (svg: string) => new Blob([`painted ${svg}`]),
}));

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

type Answers = Readonly<Record<string, unknown>>;

/** Files whose questions are answered from a table, by their kind; what is not there fails. */
function show(answers: Answers) {
  const asked: (readonly [kind: string, content: Answers | undefined])[] = [];
  const said: string[] = [];
  const opened: unknown[] = [];
  const ask = async (kind: string, content?: Answers) => {
    asked.push([kind, content]);
    if (kind in answers) return answers[kind];
    throw new Error(`no ${kind}`);
  };
  const { result } = renderHook(() =>
    useFiles({
      ask,
      texts: { file_notes: "Opened {name}:" },
      onOpen: (stack, number) => opened.push([stack, number]),
      onTrouble: (words) => said.push(words),
    }),
  );
  const run = (use: (files: Files) => unknown) => act(async () => void (await use(result.current)));
  return { run, asked, said, opened, isWaiting: () => result.current.isWaiting };
}

/** What the browser is given to save. */
function watchDownloads() {
  const saved: (readonly [name: string, content: Blob])[] = [];
  let latest = new Blob();
  vi.spyOn(URL, "createObjectURL").mockImplementation((content) => {
    latest = content as Blob;
    return "blob:1";
  });
  vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (this: HTMLAnchorElement) {
    saved.push([this.download, latest]);
  });
  return saved;
}

test("a request that fails is said, and one that is begun anew takes the sentence away", async () => {
  const layer = { type: "linear", data: { id: "a" } };
  const { run, said, opened, isWaiting } = show({ open: { layer_stack: [layer], opened: 3, notes: ["a note"] } });
  await run((files) => files.saveJson());
  await run((files) => files.openPreset("gpt2"));
  expect(said).toEqual(["", "no json", "", "Opened gpt2: a note"]);
  expect(opened).toEqual([[[layer], 3]]);
  expect(isWaiting()).toBe(false);
});

test.each<[string, (files: Files) => unknown, string, string, string]>([
  ["JSON", (files) => files.saveJson(), "mine.slm.json", "application/json", "{}"],
  ["code", (files) => files.saveCode(), "mine.py", "text/x-python", "import torch"],
  ["an SVG", (files) => files.saveSvg(), "mine.svg", "image/svg+xml", "<svg/>"],
  ["a PNG", (files) => files.savePng(), "mine.png", "image/png", "painted <svg/>"],
])("%s is saved under its name, as what it is", async (_, save, name, type, content) => {
  const saved = watchDownloads();
  const { run, said } = show({
    json: { name: "mine.slm.json", text: "{}" },
    code: { text: "import torch" },
    picture: "<svg/>",
    "file-name": "mine",
  });
  await run(save);
  expect(said).toEqual([""]);
  expect(saved.map(([given]) => given)).toEqual([name]);
  expect(saved[0]?.[1].type).toBe(type);
  expect(await saved[0]?.[1].text()).toBe(content);
});

test("a picture that is painted is asked for with no more cards than stay readable", async () => {
  watchDownloads();
  const { run, asked } = show({ picture: "<svg/>", "file-name": "mine" });
  await run((files) => files.savePng());
  await run((files) => files.saveSvg());
  const sizes = asked.filter(([kind]) => kind === "picture").map(([, content]) => content?.cards);
  expect(sizes).toEqual([expect.any(Number), undefined]);
  expect(sizes[0]).toBeLessThan(300);
});
