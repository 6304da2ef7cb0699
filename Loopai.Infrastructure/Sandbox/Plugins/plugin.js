// The worker that runs one JavaScript plugin inside the sandbox. The frames are those of worker.py, what they carry is described in plugin.py.
'use strict';
(() => {
  const { readSync, writeSync } = require('fs');
  const { Writable } = require('stream');
  const { compileFunction } = require('vm');
  const { posix } = require('path');
  const { parse, stringify } = JSON;
  const later = setImmediate;
  const exit = process.exit.bind(process);
  const [ANSWER, FAILED, SPENT, ASK] = [0, 1, 2, 3];
  const CHANNEL = 3;
  const MAX_MESSAGE = 2000, MAX_PRINTED = 8192;
  const HOOKS = { validate: ['execution', 'config'], sample: ['execution', 'state', 'config'], handle: ['event', 'config'] };
  const maxOutput = Number(process.argv[1]);
  const memoryMb = process.argv[2];

  let incoming = Buffer.allocUnsafe(65536);
  let packages = [];
  let main;
  let printed = '';
  let current = 0; // the sequence number of the call that is being answered, 0 between calls

  function receive() {
    let have = 0, need = 8;
    while (have < need) {
      const read = readSync(CHANNEL, incoming, have, incoming.length - have, null);
      if (read === 0) exit(0);
      have += read;
      if (have >= 8) need = 8 + incoming.readUInt32LE(0);
      if (need > incoming.length) incoming = Buffer.concat([incoming], need);
    }
    const text = incoming.toString('utf8', 8, need);
    const sequence = incoming.readUInt32LE(4);
    if (incoming.length > 1048576) incoming = Buffer.allocUnsafe(65536);
    return [sequence, text];
  }

  function write(kind, text) {
    const size = Buffer.byteLength(text);
    const frame = Buffer.allocUnsafe(17 + size);
    frame.writeUInt32LE(size, 0);
    frame.writeUInt32LE(current, 4);
    frame.writeUInt8(kind, 8);
    frame.writeDoubleLE(0, 9);
    frame.write(text, 17);
    for (let sent = 0; sent < frame.length;) sent += writeSync(CHANNEL, frame, sent);
  }

  function finish(kind, text) {
    write(kind, text);
    current = 0;
    // One turn of the event loop between calls, so that the timers and promises a plugin leaves behind get theirs.
    later(serve);
  }

  function fail(text, kind = FAILED) {
    finish(kind, stringify({ error: String(text).slice(0, MAX_MESSAGE), printed }));
  }

  function failWith(error) {
    const spent = error instanceof RangeError && /allocation failed/i.test(error.message);
    fail(describe(error), spent ? SPENT : FAILED);
  }

  /** Type, message and the line of the plugin: what its author can act on, and nothing of the machine. */
  function describe(error) {
    try {
      if (!(error instanceof Error)) return 'the plugin threw ' + (stringify(error) ?? String(error));
      const place = /plugin:\/\/([^\s:)]+):(\d+)/.exec(String(error.stack));
      const memory = /allocation failed/i.test(error.message) ? `; the plugin ran out of memory (limit ${memoryMb} MB)` : '';
      return `${error.name}: ${error.message}${memory}${place ? ` (${place[1]}, line ${place[2]})` : ''}`;
    } catch {
      return 'the plugin threw something that cannot be described';
    }
  }

  /** Lets the host ask a declared address; the answer has status, headers and body. */
  function fetch(wanted) {
    const text = stringify(wanted);
    if (current === 0) throw new Error('loopai.fetch works during a call only');
    write(ASK, String(text));
    const said = parse(receive()[1]);
    if (said.error !== undefined) throw new Error(said.error);
    return said;
  }

  /** One package: its files are modules of its own, whatever those of others are called. */
  function open({ entry, files, dependencies }) {
    const modules = new Map();
    const has = path => Object.hasOwn(files, path);
    const read = path => {
      if (!has(path)) throw new Error(`the package has no file ${path}`);
      return Buffer.from(files[path], 'base64').toString('utf8');
    };
    const loopai = Object.freeze({
      fetch,
      read,
      require: key => {
        if (!Object.hasOwn(dependencies, key)) throw new Error(`${key} is not among the package's dependencies`);
        return packages[dependencies[key]].main();
      },
    });

    function load(path, wanted = []) {
      if (modules.has(path)) return modules.get(path).exports;
      const module = { exports: {} };
      modules.set(path, module);
      try {
        const source = read(path);
        if (path.endsWith('.json')) return module.exports = parse(source);
        // Only what was looked at as source before it was published is run as source.
        if (!/\.[cm]?js$/i.test(path)) throw new Error(`${path} is neither .js, .cjs, .mjs nor .json`);
        const find = name => {
          if (name === 'loopai') return loopai;
          if (!/^\.{0,2}\//.test(name)) return require(name);
          const at = posix.join(posix.dirname(path), name);
          const found = [at, at + '.js', at + '.json', posix.join(at, 'index.js')].find(has);
          if (found === undefined) throw new Error(`the package has no file ${at}`);
          return load(found);
        };
        const found = wanted.map(name => `typeof ${name} === 'function' ? ${name} : undefined`);
        // In a function of its own, whose arguments are nothing.
        const code = compileFunction(`return (function () {${source}\n;return [${found}];}).call(this);`, ['module', 'exports', 'require', 'loopai'], { filename: 'plugin://' + path });
        const functions = code.call(module.exports, module, module.exports, find, loopai);
        wanted.forEach((name, i) => { if (functions[i] !== undefined) module.exports[name] ??= functions[i]; });
        return module.exports;
      } catch (error) {
        modules.delete(path);
        throw error;
      }
    }

    return { main: () => load(entry, Object.keys(HOOKS)) };
  }

  /** JSON.stringify turns NaN and Infinity into null without a word: where the text has a null, the numbers are looked at again. */
  function express(value) {
    const text = stringify({ value, printed });
    if (value !== null && stringify(value) === undefined) throw new TypeError(typeof value);
    if (text.includes('null'))
      stringify(value, (_, part) => {
        if (typeof part === 'number' && !Number.isFinite(part)) throw new RangeError(String(part));
        return part;
      });
    return text;
  }

  function answer(hook, value) {
    let text;
    try {
      text = express(value);
    } catch (error) {
      return fail(`${hook} returned a value that JSON cannot express: ${error && error.message}`);
    }
    const size = Buffer.byteLength(text);
    if (size > maxOutput)
      return fail(`${hook} returned ${size.toLocaleString('en-US')} bytes of JSON; at most ${maxOutput.toLocaleString('en-US')} are allowed`);
    finish(ANSWER, text);
  }

  /** Calls, waits where a promise came back, and answers; a promise that settles after its call is over is ignored. */
  function serve() {
    const [sequence, text] = receive();
    current = sequence;
    printed = '';
    const { hook, arguments: given } = parse(text);
    const ifCurrent = step => value => { if (current === sequence) step(value); };
    const done = ifCurrent(value => answer(hook, value)), failed = ifCurrent(failWith);
    try {
      if (typeof main?.[hook] !== 'function') return fail(`the plugin does not define ${hook}(${HOOKS[hook].join(', ')})`);
      const value = main[hook](...HOOKS[hook].map(name => given[name]));
      if (value !== null && typeof value === 'object' && typeof value.then === 'function') value.then(done, failed);
      else done(value);
    } catch (error) {
      failed(error);
    }
  }

  // What is printed is kept here, the end of it, and goes along with the answer.
  for (const name of ['stdout', 'stderr']) {
    const write = (chunk, encoding, done) => {
      printed = (printed + chunk.toString()).slice(-MAX_PRINTED);
      done();
    };
    Object.defineProperty(process, name, { value: new Writable({ write }), configurable: true });
  }

  // An error that nothing in the plugin caught ends the call it happened in, not the worker.
  process.on('uncaughtException', error => { if (current !== 0) failWith(error); });
  process.on('unhandledRejection', error => console.error('unhandled rejection:', error));
  process.on('beforeExit', () => { if (current !== 0) fail('the plugin returned a promise that never settles'); });

  const [sequence, source] = receive();
  current = sequence;
  try {
    packages = parse(source).packages.map(open);
    main = packages[0].main();
  } catch (error) {
    return failWith(error);
  }
  finish(ANSWER, '');
})();
