#!/usr/bin/env node
// Runs the cases of tests.json with plain Node.js. The portal runs the same ones in its sandbox, and more of its own.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import vm from 'node:vm';

const here = dirname(fileURLToPath(import.meta.url));
const read = path => readFileSync(join(here, path), 'utf8');
const manifest = JSON.parse(read('plugin.json'));
const { cases } = JSON.parse(read('tests.json'));
const hooks = { validate: ['execution', 'config'], sample: ['execution', 'state', 'config'], handle: ['event', 'config'] };
let responses = [];
const loopai = {
  read,
  fetch({ url }) {
    const { hostname } = new URL(url);
    const isDeclared = (manifest.capabilities.network ?? []).some(d => d.startsWith('*.') ? hostname.endsWith(d.slice(1)) : hostname === d);
    if (!isDeclared) throw new Error(`The plugin does not declare the host ${hostname} in capabilities.network.`);
    const found = responses.find(r => r.url === url);
    if (!found) throw new Error(`The case has no response for ${url}.`);
    return { status: found.status ?? 200, headers: {}, body: typeof found.body === 'string' ? found.body : JSON.stringify(found.body ?? '') };
  },
};
const module = { exports: {} };
const load = createRequire(join(here, manifest.entry));
const find = name => name === 'loopai' ? loopai : load(name);
const names = Object.keys(hooks).map(name => `typeof ${name} === 'function' ? ${name} : undefined`);
const functions = vm.compileFunction(`${read(manifest.entry)}\n;return [${names}];`, ['module', 'exports', 'require', 'loopai'], { filename: manifest.entry })
  .call(module.exports, module, module.exports, find, loopai);
Object.keys(hooks).forEach((name, i) => { if (functions[i]) module.exports[name] ??= functions[i]; });

const has = (value, expected) => {
  if (Array.isArray(expected)) return Array.isArray(value) && value.length === expected.length && expected.every((e, i) => has(value[i], e));
  if (expected && typeof expected === 'object') return value !== null && typeof value === 'object' && Object.keys(expected).every(k => k in value && has(value[k], expected[k]));
  return isDeepStrictEqual(value, expected);
};

let failed = 0;
for (const one of cases) {
  responses = one.responses ?? [];
  let fault;
  try {
    const answer = await module.exports[one.hook](...hooks[one.hook].map(name => one.arguments[name]));
    if (!has(answer, one.expect)) fault = `expected ${JSON.stringify(one.expect)}, got ${JSON.stringify(answer)}`;
  } catch (error) {
    fault = `${error.name}: ${error.message}`;
  }
  if (fault) failed++;
  console.log(`${fault ? 'failed ' : 'passed '} ${one.name}${fault ? `\n        ${fault}` : ''}`);
}
console.log(`${cases.length - failed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
