export interface Piece {
  readonly kind: "comment" | "string" | "keyword" | "number" | "plain";
  readonly text: string;
}

const KEYWORDS =
  "and as assert break class continue def del elif else except False finally for from if import in is lambda None nonlocal " +
  "not or pass raise return self super True try while with yield";

const KINDS = ["comment", "string", "keyword", "number"] as const;
const TOKEN = new RegExp(
  [
    "(#.*)",
    `([rbf]{0,2}(?:"""[^]*?"""|'''[^]*?'''|"(?:\\\\.|[^"\\\\\\n])*"|'(?:\\\\.|[^'\\\\\\n])*'))`,
    `\\b(${KEYWORDS.replaceAll(" ", "|")})\\b`,
    "\\b(\\d[\\w.]*)",
  ].join("|"),
  "g",
);

/** Python's text in pieces to colour; together they are the text. */
export function highlight(text: string): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(TOKEN)) {
    if (match.index > end) pieces.push({ kind: "plain", text: text.slice(end, match.index) });
    const kind = KINDS.find((_, index) => match[index + 1] !== undefined) ?? "plain";
    pieces.push({ kind, text: match[0] });
    end = match.index + match[0].length;
  }
  if (end < text.length) pieces.push({ kind: "plain", text: text.slice(end) });
  return pieces;
}

/** The pieces of each line, without what ends it; a piece over several lines becomes one for each. */
export function linesOf(pieces: readonly Piece[]): Piece[][] {
  const lines: Piece[][] = [[]];
  for (const { kind, text } of pieces) {
    for (const [index, part] of text.split("\n").entries()) {
      if (index > 0) lines.push([]);
      if (part !== "") lines.at(-1)?.push({ kind, text: part });
    }
  }
  return lines;
}
