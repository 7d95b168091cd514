import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { pngOfSvg, pngSize } from "../src/graph/files/picture";

describe("the size of a PNG", () => {
  it("is twice the picture's, for a screen of two pixels a point", () => {
    expect(pngSize({ width: 404, height: 897 })).toEqual({ width: 808, height: 1794 });
  });

  it("stays within what browsers can paint, and in proportion", () => {
    const side = fc.integer({ min: 1, max: 60_000 });
    fc.assert(
      fc.property(side, side, (width, height) => {
        const size = pngSize({ width, height });
        expect(Math.max(size.width, size.height)).toBeLessThanOrEqual(16_384);
        expect(size.width * size.height).toBeLessThanOrEqual(120_000_000);
        expect(Math.min(size.width, size.height)).toBeGreaterThanOrEqual(1);
        if (Math.min(size.width, size.height) > 100) expect(size.width / size.height).toBeCloseTo(width / height, -1);
      }),
    );
  });
});

describe("painting a PNG", () => {
  afterEach(() => vi.unstubAllGlobals());

  it("lets go of the picture's address, and fails, where the browser cannot read it", async () => {
    const revoked: string[] = [];
    vi.stubGlobal("URL", { createObjectURL: () => "blob:1", revokeObjectURL: (url: string) => revoked.push(url) });
    vi.stubGlobal(
      "Image",
      class {
        onerror = () => {};
        set src(_: string) {
          queueMicrotask(() => this.onerror());
        }
      },
    );
    await expect(pngOfSvg("no svg")).rejects.toThrow("image/svg+xml");
    expect(revoked).toEqual(["blob:1"]);
  });
});
