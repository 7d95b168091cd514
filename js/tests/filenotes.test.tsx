import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import type { FileState } from "../src/graph/files/answers";
import { FileNotes } from "../src/graph/files/FileNotes";
import { Gallery } from "../src/graph/files/Gallery";

const nothing = () => {};
const TEXTS = { file_take: "take", file_keep: "keep", file_write: "write", preset_size: "{n} parameters" };

function notes(state: Partial<FileState>, trouble = "", isReadOnly = false): string {
  const fileState = { path: "a.slm.json", state: "saved", words: "words", isTrouble: true, ...state };
  return renderToStaticMarkup(
    <FileNotes
      texts={TEXTS}
      onTake={nothing}
      onKeep={nothing}
      onClose={nothing}
      {...{ fileState, isReadOnly, trouble }}
    />,
  );
}

test.each([
  ["changed underneath", ["file-take", "file-keep"], "keep"],
  ["unreadable", ["file-keep"], "keep"],
  ["gone", ["file-keep"], "write"],
  ["unsaved", ["file-keep"], "write"],
])("a file that is %s offers what can be done", (state, ids, word) => {
  const html = notes({ state });
  expect(html.match(/file-(take|keep)/g)).toEqual(ids);
  expect(html).toContain(`>${word}</button>`);
});

test("a person who may only read is told, and has nothing to choose", () => {
  for (const state of ["changed underneath", "unreadable", "gone", "unsaved"]) {
    const html = notes({ state }, "", true);
    expect(html).toContain("words");
    expect(html).not.toContain("<button");
  }
});

test("where all is well nothing is said", () => {
  expect(notes({ isTrouble: false })).not.toContain("words");
});

test("markup in a file's name, a sentence or a preset stays words", () => {
  const evil = "<img src=x onerror=alert(1)>";
  const card = { name: evil, purpose: evil, parameters: 1, published: false, sketch: [] };
  const gallery = renderToStaticMarkup(
    <Gallery presets={[card]} texts={TEXTS} onOpen={null} onCompare={nothing} onClose={nothing} />,
  );
  for (const html of [notes({ words: evil }, evil), gallery]) {
    expect(html).toContain("&lt;img src=x");
    expect(html).not.toContain("<img");
  }
});
