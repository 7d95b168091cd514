// @vitest-environment happy-dom
import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, test, vi } from "vitest";
import { cardFacts } from "../src/graph/drawing/cardFacts";
import { formatBytes, formatFlops, formatShare } from "../src/graph/drawing/format";
import { StatusLine } from "../src/graph/editor/StatusLine";
import { outline } from "../src/graph/stack/outline";
import { problemsById } from "../src/graph/stack/problems";
import { memoryHelp } from "../src/graph/totals/costWords";
import { isStale } from "../src/graph/totals/isStale";
import { readAnalysis } from "../src/wire/readAnalysis";
import { readCosts, readWorkload, writeWorkload } from "../src/wire/readCosts";
import type { Costs, Workload } from "../src/wire/types";
import { isContainer, node } from "./stacks";

afterEach(cleanup);

const SENT = {
  revision: 4,
  batch_size: 32,
  context_length: 64,
  precision: "fp32",
  layers: {
    block: { flops: 90, flops_share: 0.875, parameters_share: 0.8275 },
    attention: { flops: 30, flops_share: 0.3149, parameters_share: 0.004 },
    norm: { flops: 0, flops_share: 0.0004, parameters_share: 0.006 },
  },
  total: {
    flops: 1_509_949_440,
    flops_per_token: 245_760,
    training_bytes: 34_847_616,
    inference_bytes: 2_573_568,
    process_bytes: 350_000_000,
    parts: [
      { title: "weights", bytes: 476_416 },
      { title: "<b>activations</b>", bytes: 20_086_784 },
    ],
  },
  words: null,
};
const COSTS = readCosts(SENT);
const WORKLOAD: Workload = { batchSize: 32, contextLength: null, precision: "fp32" };
const ANALYSIS = readAnalysis({ revision: 4, total: { context_length: 64 } });
const TEXTS = {
  batch_size: "Batch",
  context: "Context",
  precision: "Precision",
  share_flops: "{n} of the arithmetic",
  share_parameters: "{n} of the parameters",
  memory_help: "{process} more; writing {inference}",
};

describe("figures are written for people", () => {
  test.each([
    [0, "0 FLOPs"],
    [999, "999 FLOPs"],
    [999.6, "1 kFLOPs"],
    [12_345_678, "12.3 MFLOPs"],
    [999_999_999, "1 GFLOPs"],
    [3.7e12, "3.7 TFLOPs"],
    [null, "–"],
  ])("%o operations are %s", (value, words) => expect(formatFlops(value)).toBe(words));

  test.each([
    [512, "512 B"],
    [1024, "1 KiB"],
    [1.2 * 2 ** 30, "1.2 GiB"],
    [2 ** 30 - 1, "1 GiB"],
    [2 ** 90, "1,020 YiB"],
    [null, "–"],
  ])("%o bytes are %s", (value, words) => expect(formatBytes(value)).toBe(words));

  test.each([
    [1, "100%"],
    [0.3149, "31%"],
    [0.0096, "1%"],
    [0.0061, "0.6%"],
  ])("a share of %o is %s", (share, words) => expect(formatShare(share)).toBe(words));
});

describe("whatever comes over the wire", () => {
  test.each([
    undefined,
    null,
    5,
    "x",
    [],
    { layers: 5, total: [], words: {} },
    { layers: { a: null }, total: { parts: [null, { title: { toString: 1 }, bytes: "x" }] } },
  ])("%o is read without an error", (value) => {
    const costs = readCosts(value);
    expect(costs.flops).toBeNull();
    expect(costs.words).toBe("");
    for (const shares of costs.layers.values()) expect(shares).toEqual({ flops: 0, parameters: 0 });
  });

  test("a share beyond the whole is the whole, and what is no number is none", () => {
    const layers = {
      a: { flops_share: 7, parameters_share: -1 },
      b: { flops_share: "1", parameters_share: Number.NaN },
    };
    const { layers: read } = readCosts({ layers });
    expect([read.get("a"), read.get("b")]).toEqual([
      { flops: 1, parameters: 0 },
      { flops: 0, parameters: 0 },
    ]);
  });

  test("a workload is written as it was read", () => {
    const sent = { batch_size: 8, context_length: null, precision: "bf16" };
    const workload = readWorkload(sent);
    expect(workload && writeWorkload(workload)).toEqual(sent);
    for (const none of [null, {}, { batch_size: "8", precision: "fp32" }, { batch_size: 8 }])
      expect(readWorkload(none)).toBeNull();
  });

  test("an offer is read whole or not at all", () => {
    const offer = { id: "tokens", field: "embDim", title: "Also set 128 in ffn", changes: { ffn: { outDim: 128 } } };
    expect(readAnalysis({ offers: [offer] }).offers).toEqual([offer]);
    const broken = [null, 5, {}, { ...offer, id: 3 }, { ...offer, title: undefined }, { ...offer, changes: [] }];
    expect(readAnalysis({ offers: [...broken, { ...offer, changes: { ffn: 3 } }] }).offers).toEqual([]);
    expect(readAnalysis({ offers: "x" }).offers).toEqual([]);
  });
});

test.each<[Partial<Workload>, number, boolean]>([
  [{}, 4, false],
  [{}, 5, true],
  [{ batchSize: 33 }, 4, true],
  [{ contextLength: 64 }, 4, false],
  [{ contextLength: 32 }, 4, true],
  [{ precision: "bf16" }, 4, true],
])("with %o and analysis %o the figures are out of date: %o", (more, revision, stale) => {
  expect(isStale(COSTS, readAnalysis({ revision }), { ...WORKLOAD, ...more })).toBe(stale);
});

test("the largest part of the memory comes first", () => {
  const lines = memoryHelp(COSTS, TEXTS).split("\n");
  expect(lines).toEqual(["<b>activations</b>: 19.2 MiB", "weights: 465 KiB", "334 MiB more; writing 2.45 MiB"]);
  expect(memoryHelp(readCosts({}), TEXTS)).toBe("");
});

describe("a card", () => {
  const facts = (id: string, costs?: Costs) => {
    const [item] = outline([node("linear", id)], isContainer);
    if (!item) throw new Error("no item");
    return cardFacts(item, {
      palette: new Map(),
      analysis: ANALYSIS,
      costs,
      problems: problemsById(ANALYSIS),
      texts: TEXTS,
    });
  };

  test("tells its share in words too", () => {
    expect(facts("block", COSTS)).toMatchObject({
      share: 0.875,
      shareWords: "88% of the arithmetic, 83% of the parameters",
      help: "88% of the arithmetic, 83% of the parameters",
    });
    expect(facts("attention", COSTS).shareWords).toBe("31% of the arithmetic");
  });

  test("stays calm below half a per cent, and where nothing is counted", () => {
    expect(facts("norm", COSTS)).toMatchObject({ share: null, shareWords: "0.6% of the parameters" });
    for (const none of [facts("stranger", COSTS), facts("block")])
      expect(none).toMatchObject({ share: null, shareWords: "", help: "" });
  });
});

describe("the status line", () => {
  const show = (costs: Costs, onWorkload = vi.fn(), workload = WORKLOAD, analysis = ANALYSIS) => {
    const line = { isChecking: false, isLost: false, notice: "", onProblems: () => {} };
    render(<StatusLine {...{ ...line, analysis, texts: TEXTS }} costs={{ costs, workload, onWorkload }} />);
    return onWorkload;
  };

  test("shows what a token and a training take", () => {
    show(COSTS);
    expect(screen.getByTestId("total-flops").textContent).toBe("246 kFLOPs");
    expect(screen.getByTestId("total-memory").textContent).toBe("33.2 MiB");
    expect(screen.getByTestId("costs").getAttribute("aria-busy")).toBe("false");
    expect(screen.getByRole<HTMLInputElement>("textbox", { name: "Context" }).placeholder).toBe("64");
  });

  test("dims what is out of date", () => {
    show(readCosts({ ...SENT, revision: 3 }));
    expect(screen.getByTestId("costs").dataset.stale).toBe("true");
  });

  test("says why there are no figures, unless the design's errors say it", () => {
    const none = readCosts({ words: "<i>65 tokens</i> are too many." });
    show(none);
    expect(screen.getByRole("status").textContent).toBe("<i>65 tokens</i> are too many.");
    cleanup();
    show(none, undefined, undefined, readAnalysis({ problems: [{ severity: "error", message: "m" }] }));
    expect(screen.queryByRole("status")).toBeNull();
  });

  test("a batch size is typed, and what is none is marked and told to nobody", async () => {
    const user = userEvent.setup();
    const onWorkload = show(COSTS);
    const batch = screen.getByRole("textbox", { name: "Batch" });
    await user.clear(batch);
    for (const typed of ["0", "-", "x", "1.5"]) {
      await user.clear(batch);
      await user.type(batch, typed.slice(-1) === "5" ? ".5" : typed);
      expect(batch.getAttribute("aria-invalid")).toBe("true");
    }
    expect(onWorkload).not.toHaveBeenCalled();
    await user.clear(batch);
    await user.type(batch, "8");
    expect(batch.getAttribute("aria-invalid")).toBe("false");
    expect(onWorkload).toHaveBeenLastCalledWith({ ...WORKLOAD, batchSize: 8 });
    await user.keyboard("{ArrowUp}");
    expect(onWorkload).toHaveBeenLastCalledWith({ ...WORKLOAD, batchSize: 33 });
  });

  test("an empty text length is the design's own", async () => {
    const user = userEvent.setup();
    const onWorkload = show(COSTS, vi.fn(), { ...WORKLOAD, contextLength: 16 });
    await user.clear(screen.getByRole("textbox", { name: "Context" }));
    expect(onWorkload).toHaveBeenLastCalledWith(WORKLOAD);
  });

  test("a precision is chosen, and one that the page does not know is shown", async () => {
    const user = userEvent.setup();
    const onWorkload = show(COSTS, vi.fn(), { ...WORKLOAD, precision: "fp8" });
    const choice = screen.getByRole<HTMLSelectElement>("combobox", { name: "Precision" });
    expect(choice.value).toBe("fp8");
    await user.selectOptions(choice, "bf16");
    expect(onWorkload).toHaveBeenLastCalledWith({ ...WORKLOAD, precision: "bf16" });
  });

  test("a line without costs is as it was", () => {
    const line = { isChecking: false, isLost: false, notice: "", onProblems: () => {} };
    render(<StatusLine {...{ ...line, analysis: ANALYSIS, texts: TEXTS }} />);
    expect(screen.queryByTestId("costs")).toBeNull();
  });
});
