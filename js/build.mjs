// Bundles every src/widgets/<name>.tsx into slm_widgets/static/<name>.js and <name>.css.
import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { context } from "esbuild";

const here = import.meta.dirname;
const widgets = join(here, "src", "widgets");

const bundle = await context({
  entryPoints: readdirSync(widgets)
    .filter((file) => file.endsWith(".tsx"))
    .map((file) => ({ in: join(widgets, file), out: basename(file, ".tsx") })),
  outdir: join(here, "..", "slm_widgets", "static"),
  bundle: true,
  format: "esm",
  target: "es2022",
  jsx: "automatic",
  minify: true,
  legalComments: "none",
  logLevel: "info",
  // React reads this at run time; without it the development build of React travels with every widget.
  define: { "process.env.NODE_ENV": '"production"' },
});

if (process.argv.includes("--watch")) {
  await bundle.watch();
} else {
  await bundle.rebuild();
  await bundle.dispose();
}
