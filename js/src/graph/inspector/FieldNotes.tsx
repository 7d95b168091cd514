import { Fragment } from "react";
import type { Field, Problem } from "../../wire/types";
import { factWords } from "./fieldWords";
import type { FormContext } from "./inputProps";
import { Offers } from "./Offers";
import { ProblemNote } from "./ProblemNote";
import { problemWords } from "./problemWords";

interface Props {
  readonly id: string;
  readonly name: string;
  readonly field: Field;
  readonly wrong: readonly Problem[];
  readonly form: FormContext;
}

/** Under an input: what is wrong, what else could change, what the field does, what is allowed. */
export function FieldNotes({ id, name, field, wrong, form }: Props) {
  const facts = factWords(field, form.texts);
  const isHelping = form.hasHints && !form.isReadOnly;
  return (
    <div className="slm-field-notes">
      <div id={id}>
        {wrong.map((problem) => (
          <ProblemNote
            key={problem.text}
            problem={problem}
            words={problemWords(problem.text, name, field.title)}
            form={form}
          />
        ))}
        {form.hasHints && <p className="slm-field-help">{field.help}</p>}
        {facts.length > 0 && (
          <p className="slm-field-facts">
            {facts.map((fact, at) => (
              <Fragment key={fact}>
                {at > 0 && " · "}
                <span>{fact}</span>
              </Fragment>
            ))}
          </p>
        )}
      </div>
      {isHelping && <Offers offers={form.offers.filter((offer) => offer.field === name)} onTake={form.onTake} />}
    </div>
  );
}
