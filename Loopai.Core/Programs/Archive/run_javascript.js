// Runs program.js: one JSON value a line on standard input, one {"output": ..., "confidence": ...} a line on standard output.
const fs = require('fs');
const path = require('path');
const readline = require('readline');
const vm = require('vm');

// The source defines functions at its top level, as it does inside Loopai; a module's exports are taken too.
const file = path.join(__dirname, 'program.js');
const sandbox = { module: { exports: {} }, require, console };
sandbox.exports = sandbox.module.exports;
vm.createContext(sandbox);
const found = vm.runInContext(
  `${fs.readFileSync(file, 'utf8')}\n;({ execute: typeof execute === 'function' ? execute : module.exports.execute,` +
    " confidence: typeof confidence === 'function' ? confidence : module.exports.confidence })",
  sandbox,
  { filename: file });

(async () => {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    if (line.trim()) {
      const input = JSON.parse(line);
      const output = await found.execute(input);
      const confidence = found.confidence ? await found.confidence(input, output) : null;
      console.log(JSON.stringify({ output, confidence }));
    }
  }
})();
