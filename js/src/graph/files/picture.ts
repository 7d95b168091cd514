// Pictures as files: an SVG text of Python's is painted by the browser itself, and nothing is fetched for it.

/** Sharp on a screen of two pixels a point and in print. */
const SHARP = 2;

/** More cards than this would not stay readable in the largest PNG: to be asked for as `cards` with the picture. */
export const PNG_CARDS = 150;

// Browsers refuse larger canvases: at most this long at a side, and so many pixels in all.
const LONGEST = 16_384;
const LARGEST = 120_000_000;

interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * Paints an SVG text as a PNG on an opaque ground, as the picture has it or white.
 *
 * @throws Error with the browser's words, where it cannot.
 */
export async function pngOfSvg(svg: string): Promise<Blob> {
  const source = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    const image = await loaded(source);
    const { width, height } = pngSize(sizeOf(image));
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width, height });
    const brush = canvas.getContext("2d");
    if (!brush) throw new Error("canvas");
    brush.fillStyle = "#fff";
    brush.fillRect(0, 0, width, height);
    brush.drawImage(image, 0, 0, width, height);
    return await blobOf(canvas);
  } finally {
    URL.revokeObjectURL(source);
  }
}

/** How large a PNG becomes: whole pixels, in the proportions of the picture, and sharp unless browsers refuse so large a one. */
export function pngSize({ width, height }: Size): Size {
  const most = Math.min(SHARP, LONGEST / Math.max(width, height), Math.sqrt(LARGEST / (width * height)));
  return { width: Math.max(Math.floor(width * most), 1), height: Math.max(Math.floor(height * most), 1) };
}

const sizeOf = (image: HTMLImageElement): Size => ({
  width: image.naturalWidth || 1,
  height: image.naturalHeight || 1,
});

function loaded(source: string): Promise<HTMLImageElement> {
  return new Promise((resolve, reject) => {
    const image = new Image();
    image.onload = () => resolve(image);
    image.onerror = () => reject(new Error("image/svg+xml"));
    image.src = source;
  });
}

function blobOf(canvas: HTMLCanvasElement): Promise<Blob> {
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("image/png"))), "image/png"),
  );
}
