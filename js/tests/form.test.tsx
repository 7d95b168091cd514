// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { type ComponentProps, useState } from "react";
import { afterEach, expect, test, vi } from "vitest";
import { Inspector } from "../src/graph/inspector/Inspector";
import { ManyInspector } from "../src/graph/inspector/ManyInspector";
import { setField } from "../src/graph/stack/gestures";
import { flatten, outline } from "../src/graph/stack/outline";
import { readPalette } from "../src/wire/readPalette";
import type { LayerStack, Problem } from "../src/wire/types";

afterEach(cleanup);

const palette = readPalette([
  {
    type: "attention",
    title: "Attention",
    help: "It attends.",
    papers: [
      { title: "A paper", link: "https://example.org/a" },
      { title: "A trap", link: "javascript:alert(1)" },
    ],
    fields: [
      { name: "heads", kind: "integer", title: "Heads", help: "How many.", min: 1, max: 99, allowed: "1 to 99" },
      { name: "rate", kind: "number", title: "Rate", help: "How often.", default: 0.1, unit: "shares" },
      {
        name: "kind",
        kind: "choice",
        title: "Kind",
        help: "Which.",
        default: "a",
        choices: [
          { value: "a", title: "Type A" },
          { value: "b", title: "Type B" },
        ],
      },
      { name: "causal", kind: "boolean", title: "Causal", help: "Only back.", default: true },
      { name: "turned", kind: "boolean", title: "Turned", help: "By position.", default: null, nullable: true },
      { name: "width", kind: "integer", title: "Width", help: "Empty: as wide.", default: null, nullable: true },
      { name: "label", kind: "text", title: "Label", help: "A name.", default: null, nullable: true },
    ],
  },
  {
    type: "dropout",
    title: "Dropout",
    fields: [
      { name: "rate", kind: "number", title: "Rate", help: "How often.", default: 0.1 },
      { name: "heads", kind: "text", title: "Heads", help: "Another kind." },
    ],
  },
]);
const texts = {
  default_value: "default {value}",
  inferred: "{value} (automatic)",
  automatic_value: "(automatic: {value})",
  empty_choice: "(automatic)",
  reset: "{title}: reset",
  different: "(different)",
  many_selected: "{n} selected",
  yes: "Yes",
  no: "No",
  rename_id: "Change the id",
  id: "Id",
  id_empty: "Not empty.",
  id_taken: "{id} is taken.",
};
const FULL = { id: "it", heads: 4, rate: 0.5, kind: "b", causal: false, width: 8 };
const STACK: LayerStack = [
  { type: "attention", data: FULL },
  { type: "attention", data: { id: "other", heads: 2, rate: 0.5 } },
  { type: "dropout", data: { id: "drop" } },
];

type Props = ComponentProps<typeof Inspector>;

/** The inspector of the first layer over a stack that follows what is typed, as the editor does; Python answers by `again`. */
function open(data: object = FULL, more: Partial<Props> = {}) {
  const onField = vi.fn();
  const Page = (extra: Partial<Props>) => {
    const [stack, setStack] = useState<LayerStack>([
      { type: "attention", data: { id: "it", ...data } },
      ...STACK.slice(1),
    ]);
    const item = outline(stack, () => false)[0];
    if (!item) throw new Error("no layer");
    return (
      <Inspector
        {...{ item, stack, palette, texts, problems: [], jumps: 0, onSettle: () => {}, onMend: () => {} }}
        onField={(_, name, value) => {
          onField(name, value);
          setStack(setField(stack, item.path, name, value));
        }}
        {...more}
        {...extra}
      />
    );
  };
  const page = render(<Page />);
  return { onField, again: (extra: Partial<Props>) => page.rerender(<Page {...extra} />), page };
}

const problem = (field: string): Problem => ({
  layer_id: "it",
  field,
  severity: "error",
  text: `${field} is wrong.`,
  message: `Layer: ${field} is wrong.`,
  mend: { title: "Mend it", fields: {} },
});

test("typing loses no character because answers arrive, whatever they say", async () => {
  const user = userEvent.setup();
  const { onField, again } = open();
  const heads = screen.getByLabelText<HTMLInputElement>("Heads");
  await user.clear(heads);
  const typed = "12e3 heads";
  for (let n = 1; n <= typed.length; n++) {
    await user.type(heads, typed.charAt(n - 1));
    again({ problems: n % 2 ? [problem("heads")] : [], resolved: { width: n } });
    expect(heads.value).toBe(typed.slice(0, n));
    expect(document.activeElement).toBe(heads);
  }
  expect(onField.mock.lastCall).toEqual(["heads", "12e3 heads"]);
});

test("only an undo replaces what is being typed", async () => {
  const { again } = open();
  const heads = screen.getByLabelText<HTMLInputElement>("Heads");
  await userEvent.type(heads, "7");
  expect(heads.value).toBe("47");
  again({
    jumps: 1,
    item: { key: "it", path: [0], isBlock: false, children: [], node: { type: "attention", data: FULL } },
  });
  expect(heads.value).toBe("4");
});

test("what differs from its default is marked, and one click takes it back and leaves the focus in the field", async () => {
  const { onField } = open();
  const marks = () => screen.queryAllByTestId("reset").map((button) => button.getAttribute("aria-label"));
  expect(marks()).toEqual(["Rate: reset", "Kind: reset", "Causal: reset", "Width: reset"]); // heads has no default
  await userEvent.click(screen.getByLabelText("Rate: reset"));
  expect(onField.mock.lastCall).toEqual(["rate", undefined]);
  expect(screen.getByLabelText<HTMLInputElement>(/^Rate shares/).value).toBe("");
  expect(document.activeElement).toBe(screen.getByLabelText(/^Rate shares/));
  expect(marks()).toEqual(["Kind: reset", "Causal: reset", "Width: reset"]);
});

test.each([{ rate: 0.1, causal: true, kind: "a" }, { rate: null, width: null }, {}])("%o is no change", (data) => {
  open({ heads: 3, ...data });
  expect(screen.queryAllByTestId("reset")).toEqual([]);
});

test("a field says what it does, what is allowed and what its default is, to a screen reader too", () => {
  open(FULL, { problems: [problem("heads")] });
  const described = (label: RegExp | string) => {
    const ids = screen.getByLabelText(label).getAttribute("aria-describedby") ?? "";
    return document.getElementById(ids)?.textContent;
  };
  expect(described("Heads")).toContain("Heads is wrong.");
  expect(described("Heads")).toContain("How many.");
  expect(described("Heads")).toContain("1 to 99");
  expect(described(/^Rate shares/)).toContain("default 0.1");
  expect(described("Kind")).toContain("default Type A");
  expect(screen.getByLabelText("Heads").getAttribute("aria-invalid")).toBe("true");
  expect(screen.getByLabelText("Kind").getAttribute("aria-invalid")).toBe("false");
});

test("parts of a group are set one by one; the last one taken out takes the group out", async () => {
  const inner = (name: string) => ({ name, kind: "number", title: name, help: "", default: 8, nullable: false });
  const group = { name: "rope", kind: "group", title: "Rope", help: "Stretches.", default: null, nullable: true };
  const types = readPalette([{ type: "attention", fields: [{ ...group, fields: [inner("factor"), inner("low")] }] }]);
  const { onField } = open({ rope: { factor: 8, low: 2 } }, { palette: types, problems: [problem("rope.low")] });
  expect(screen.getByTestId("field-rope.low").getAttribute("aria-invalid")).toBe("true");
  expect(screen.getAllByTestId("reset").map((mark) => mark.getAttribute("aria-label"))).toEqual([
    "Rope: reset",
    "low: reset",
  ]);
  await userEvent.click(screen.getByLabelText("low: reset"));
  expect(onField.mock.lastCall).toEqual(["rope", { factor: 8 }]);
  await userEvent.clear(screen.getByTestId("field-rope.factor"));
  expect(onField.mock.lastCall).toEqual(["rope", null]);
});

test("an empty field shows what Python has filled in", () => {
  open({ heads: 4 }, { resolved: { width: 64, turned: true } });
  expect(screen.getByLabelText<HTMLInputElement>("Width").placeholder).toBe("64 (automatic)");
  expect(screen.getByLabelText<HTMLSelectElement>("Turned").selectedOptions[0]?.textContent).toBe("(automatic: Yes)");
  expect(screen.getByLabelText<HTMLInputElement>(/^Rate shares/).placeholder).toBe("0.1");
});

test("a locked layer can be read and not changed, with the mouse or the keyboard", async () => {
  const { onField } = open(FULL, { isReadOnly: true, problems: [problem("heads")], onRename: () => {} });
  const user = userEvent.setup();
  await user.type(screen.getByLabelText("Heads"), "9{ArrowUp}");
  await user.click(screen.getByLabelText("Causal"));
  expect(screen.getByLabelText<HTMLInputElement>("Kind").value).toBe("Type B");
  await user.type(screen.getByLabelText("Kind"), "a");
  expect(screen.getByLabelText<HTMLInputElement>("Causal").checked).toBe(false);
  expect(onField).not.toHaveBeenCalled();
  for (const button of ["reset", "mend", "rename-id", "offer"]) expect(screen.queryByTestId(button)).toBeNull();
  expect(screen.getByText("Heads is wrong.")).toBeTruthy();
  await user.click(screen.getByLabelText("Heads"));
  expect(document.activeElement).toBe(screen.getByLabelText("Heads"));
});

test("without hints nothing is explained or mended, but problems are told", () => {
  const offers = [{ id: "it", field: "heads", title: "Carry on", changes: {} }];
  open(FULL, { hasHints: false, problems: [problem("heads")], offers });
  expect(screen.getByText("Heads is wrong.")).toBeTruthy();
  for (const button of ["mend", "offer"]) expect(screen.queryByTestId(button)).toBeNull();
  for (const words of ["How many.", "It attends.", "A paper"]) expect(screen.queryByText(words)).toBeNull();
});

test("an offer stands at the field that was changed, and is taken with one click", async () => {
  const offers = [
    { id: "it", field: "heads", title: "Carry on", changes: { other: { heads: 4 } } },
    { id: "it", field: "nobody", title: "Nowhere", changes: {} },
  ];
  const onTake = vi.fn();
  open(FULL, { offers, onTake });
  expect(screen.getAllByTestId("offer").map((button) => button.textContent)).toEqual(["Carry on"]);
  expect(screen.getByTestId("offer").closest("[data-field]")?.getAttribute("data-field")).toBe("heads");
  await userEvent.click(screen.getByTestId("offer"));
  expect(onTake).toHaveBeenCalledExactlyOnceWith(offers[0]);
});

test("papers are links where they are https, and open beside the notebook", () => {
  open();
  const links = screen
    .getAllByRole("link")
    .map((link) => [link.textContent, link.getAttribute("target"), link.getAttribute("rel")]);
  expect(links).toEqual([["A paper", "_blank", "noopener noreferrer"]]);
  expect(screen.getByText("A trap")).toBeTruthy();
});

test("an id is changed in place; an empty or taken one is refused with a sentence", async () => {
  const user = userEvent.setup();
  const onRename = vi.fn();
  open(FULL, { onRename });
  await user.click(screen.getByTestId("rename-id"));
  const field = screen.getByTestId("id");
  await user.clear(field);
  expect(screen.getByText("Not empty.")).toBeTruthy();
  await user.type(field, "other{Enter}");
  expect(screen.getByText("other is taken.")).toBeTruthy();
  expect(onRename).not.toHaveBeenCalled();
  await user.type(field, "-2{Enter}");
  expect(onRename).toHaveBeenCalledOnce();
  expect(onRename.mock.lastCall?.[1]).toBe("other-2");
});

test("Escape leaves the id as it was and goes no further", async () => {
  const user = userEvent.setup();
  const onRename = vi.fn();
  const onKey = vi.fn();
  open(FULL, { onRename });
  document.body.addEventListener("keydown", onKey);
  await user.click(screen.getByTestId("rename-id"));
  await user.type(screen.getByTestId("id"), "x");
  onKey.mockClear();
  fireEvent.keyDown(screen.getByTestId("id"), { key: "Escape" });
  document.body.removeEventListener("keydown", onKey);
  expect(screen.queryByTestId("id")).toBeNull();
  expect(onRename).not.toHaveBeenCalled();
});

test.each([
  ["heads", "field-heads"],
  ["label", "field-label"],
])("a problem's jump puts the focus into %s, unfolded or not", (field, testId) => {
  const { again } = open({ heads: 3 });
  again({ focus: { field, number: 1 } });
  expect(document.activeElement).toBe(screen.getByTestId(testId));
  expect(screen.getByTestId("field-label").closest("details")?.open).toBe(field === "label");
  screen.getByTestId("field-rate").focus();
  again({ focus: { field, number: 2 } });
  expect(document.activeElement).toBe(screen.getByTestId(testId));
});

test("a wish for a field that is not there moves nothing", () => {
  const { again } = open();
  again({ focus: { field: '"] , *', number: 1 } });
  expect(document.activeElement).toBe(document.body);
});

function openMany(at: readonly number[]) {
  const items = flatten(outline(STACK, () => false)).filter(({ path }) => at.includes(path[0] ?? -1));
  const onField = vi.fn();
  render(<ManyInspector {...{ items, stack: STACK, palette, texts, jumps: 0, onField, onSettle: () => {} }} />);
  return onField;
}

test("several layers show what they have in common, and what differs", async () => {
  const onField = openMany([0, 1]);
  expect(screen.getByText("2 selected")).toBeTruthy();
  expect(screen.getByLabelText<HTMLInputElement>("Heads").placeholder).toBe("(different)");
  expect(screen.getByLabelText<HTMLInputElement>("Heads").value).toBe("");
  expect(screen.getByLabelText<HTMLInputElement>(/^Rate shares/).value).toBe("0.5");
  expect(screen.getByLabelText<HTMLSelectElement>("Kind").selectedOptions[0]?.textContent).toBe("(different)");
  expect(screen.getByLabelText<HTMLInputElement>("Causal").indeterminate).toBe(true);
  const marks = screen.getAllByTestId("reset").map((button) => button.getAttribute("aria-label"));
  expect(marks).toEqual(["Rate: reset", "Kind: reset", "Causal: reset", "Width: reset"]); // heads has no default
  await userEvent.type(screen.getByLabelText("Heads"), "8");
  expect(onField.mock.calls).toEqual([["heads", 8]]);
  await userEvent.click(screen.getByLabelText("Causal"));
  expect(onField.mock.lastCall).toEqual(["causal", true]);
});

test("layers of several types share the fields of one name and kind", () => {
  openMany([0, 1, 2]);
  expect(screen.getAllByRole("textbox").map((input) => input.getAttribute("data-testid"))).toEqual(["field-rate"]);
});
