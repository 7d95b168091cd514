import type { Data, PaletteEntry, Texts } from "../../wire/types";
import { formulasOf } from "./formulaOf";
import { Letters } from "./Letters";
import { MathFormulas } from "./MathFormula";

interface Props {
  readonly entry: PaletteEntry;
  readonly data: Data;
  readonly resolved: Data;
  readonly texts: Texts;
}

/** What a layer does: its formula as it is set now, its help, and where to read on. */
export function About({ entry, data, resolved, texts }: Props) {
  const formulas = formulasOf(entry, data, resolved);
  if (!entry.help && formulas.length === 0 && entry.papers.length === 0) return null;
  return (
    <section className="slm-help" aria-label={texts.about}>
      <h4>{texts.about}</h4>
      <MathFormulas formulas={formulas} />
      {formulas.length > 0 && entry.letters && <Letters text={entry.letters} />}
      {entry.help.split("\n").map((paragraph) => (
        <p key={paragraph}>{paragraph}</p>
      ))}
      {entry.papers.length > 0 && <h4>{texts.papers}</h4>}
      <ul className="slm-papers">
        {entry.papers.map(({ title, link }) => (
          <li key={title}>
            {link ? (
              <a href={link} target="_blank" rel="noopener noreferrer">
                {title}
              </a>
            ) : (
              title
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
