// Requests to Python, as custom messages beside the traits. Python answers each one, even when its body raised.

import { isRecord } from "./readStack";

/** Asks Python for something, `content` beside the kind; fails with Python's sentence. */
export type Ask = (kind: string, content?: Readonly<Record<string, unknown>>) => Promise<unknown>;

export interface Requests {
  readonly ask: Ask;
  /** Fails all that was asked: the channel is cut, and no answer will come. */
  readonly cut: () => void;
}

/** What is needed of the widget model. */
export interface Channel {
  readonly on: (event: "msg:custom", callback: (content: unknown) => void) => void;
  readonly send: (content: unknown) => void;
}

interface Asker {
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: Error) => void;
}

/** @param lost Why nobody will answer, in a sentence; null as long as somebody may. */
export function createRequests(channel: Channel, lost: () => string | null): Requests {
  const page = Math.random().toString(36).slice(2); // answers reach every page that shows this widget
  const askers = new Map<string, Asker>();
  let count = 0;
  channel.on("msg:custom", (answer) => {
    if (!isRecord(answer) || typeof answer.id !== "string") return;
    const asker = askers.get(answer.id);
    askers.delete(answer.id);
    if (answer.ok === true) asker?.resolve(answer.value);
    else asker?.reject(new Error(String(answer.message ?? "")));
  });
  return {
    ask: (kind, content) =>
      new Promise((resolve, reject) => {
        const reason = lost();
        if (reason !== null) return reject(new Error(reason));
        count += 1;
        const id = `${page}-${count}`;
        askers.set(id, { resolve, reject });
        channel.send({ ...content, id, kind });
      }),
    cut: () => {
      for (const { reject } of askers.values()) reject(new Error(lost() ?? ""));
      askers.clear();
    },
  };
}
