// Puts what the browser needs from npm into wwwroot/lib: ECharts, cut to the charts the portal draws, the same for printed pages, the two typefaces, and
// the parser with which plugins in JavaScript are scanned.
import { cp, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const portal = join(dirname(fileURLToPath(import.meta.url)), "..");
const lib = join(portal, "wwwroot", "lib");
const packages = join(portal, "node_modules");

await build({
  entryPoints: [join(portal, "FrontEnd", "echarts.js")],
  outfile: join(lib, "echarts.js"),
  bundle: true, format: "esm", minify: true, target: "es2022", legalComments: "eof", logLevel: "warning",
});

// For printed pages, which are one file without a server behind it: a classic script.
await build({
  entryPoints: [join(portal, "FrontEnd", "print.js")],
  outfile: join(lib, "print.js"),
  bundle: true, format: "iife", minify: true, target: "es2022", legalComments: "eof", logLevel: "warning",
});

const fonts = [
  ["@fontsource-variable/inter", "inter-latin-wght-normal.woff2"],
  ["@fontsource-variable/inter", "inter-latin-ext-wght-normal.woff2"],
  ["@fontsource/jetbrains-mono", "jetbrains-mono-latin-400-normal.woff2"],
  ["@fontsource/jetbrains-mono", "jetbrains-mono-latin-500-normal.woff2"],
];
await mkdir(join(lib, "fonts"), { recursive: true });
for (const [name, file] of fonts) {
  await cp(join(packages, name, "files", file), join(lib, "fonts", file));
}
await cp(join(packages, "acorn", "dist", "acorn.js"), join(lib, "acorn.js"));
