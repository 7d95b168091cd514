// What may come into the page as a file.

/** Python takes no more; the widget's channel to it carries twice as much, as it is written there. */
export const MAX_FILE_MB = 5;
const MAX_SENT_BYTES = 9_000_000;

/** The text of a file; null for one that is too large to be sent. */
export async function textOf(file: File): Promise<string | null> {
  if (file.size > MAX_FILE_MB * 1_000_000) return null;
  const text = await file.text();
  return sentBytes(text) > MAX_SENT_BYTES ? null : text;
}

/** The size of a text in a message: a quote takes two bytes there, and a character that cannot be written takes six. */
export function sentBytes(text: string): number {
  return new TextEncoder().encode(JSON.stringify(text)).length;
}
