// The worker that runs one JavaScript program inside the sandbox. It talks over file descriptor 3, which the program never learns of:
// what the program prints goes to descriptors 1 and 2, so it cannot get into the frames.
//   to the worker    uint32 length, uint32 sequence, payload: first the source, then one input after the other
//   from the worker  uint32 length, uint32 sequence, uint8 kind, float64 confidence (NaN: none), payload
'use strict';
(() => {
  const { readSync, writeSync } = require('fs');
  const { Writable } = require('stream');
  const { compileFunction } = require('vm');
  const { parse, stringify } = JSON;
  const later = setImmediate;
  const exit = process.exit.bind(process);
  const [ANSWER, FAILED, SPENT] = [0, 1, 2];
  const CHANNEL = 3;
  const MAX_MESSAGE = 2000;
  const maxOutput = Number(process.argv[1]);
  const memoryMb = process.argv[2];

  let incoming = Buffer.allocUnsafe(65536);
  let execute, confidence;
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

  function send(kind, sure, text) {
    const size = Buffer.byteLength(text);
    const frame = Buffer.allocUnsafe(17 + size);
    frame.writeUInt32LE(size, 0);
    frame.writeUInt32LE(current, 4);
    frame.writeUInt8(kind, 8);
    frame.writeDoubleLE(sure, 9);
    frame.write(text, 17);
    for (let sent = 0; sent < frame.length;) sent += writeSync(CHANNEL, frame, sent);
    current = 0;
    // One turn of the event loop between calls, so that the timers and promises a program leaves behind get theirs.
    later(serve);
  }

  function fail(text, kind = FAILED) {
    send(kind, NaN, String(text).slice(0, MAX_MESSAGE));
  }

  function failWith(error) {
    const spent = error instanceof RangeError && /allocation failed/i.test(error.message);
    fail(describe(error), spent ? SPENT : FAILED);
  }

  /** Type, message and the line of the program: what its author can act on, and nothing of the machine. */
  function describe(error) {
    try {
      if (!(error instanceof Error)) return 'the program threw ' + (stringify(error) ?? String(error));
      const line = /program\.js:(\d+)/.exec(String(error.stack));
      const memory = /allocation failed/i.test(error.message) ? `; the program ran out of memory (limit ${memoryMb} MB)` : '';
      return `${error.name}: ${error.message}${memory}${line ? ` (line ${line[1]})` : ''}`;
    } catch {
      return 'the program threw something that cannot be described';
    }
  }

  /** Calls, waits where a promise came back, and goes on with the value; a promise that settles after its call is over is ignored. */
  function attempt(call, next) {
    const mine = current;
    const ifCurrent = step => value => { if (current === mine) step(value); };
    let value;
    try {
      value = call();
      if (value !== null && typeof value === 'object' && typeof value.then === 'function') {
        value.then(ifCurrent(next), ifCurrent(failWith));
        return;
      }
    } catch (error) {
      ifCurrent(failWith)(error);
      return;
    }
    ifCurrent(next)(value);
  }

  /** JSON.stringify turns NaN and Infinity into null without a word: where the text has a null, the numbers are looked at again. */
  function express(output) {
    const text = stringify(output);
    if (text === undefined) throw new TypeError(typeof output);
    if (text.includes('null'))
      stringify(output, (_, value) => {
        if (typeof value === 'number' && !Number.isFinite(value)) throw new RangeError(String(value));
        return value;
      });
    return text;
  }

  function answer(input, output) {
    let text;
    try {
      text = express(output);
    } catch (error) {
      return fail('execute returned a value that JSON cannot express: ' + (error && error.message));
    }
    const size = Buffer.byteLength(text);
    if (size > maxOutput)
      return fail(`execute returned ${size.toLocaleString('en-US')} bytes of JSON; at most ${maxOutput.toLocaleString('en-US')} are allowed`);
    if (confidence === undefined) return send(ANSWER, NaN, text);
    attempt(() => confidence(input, output), sure => {
      if (typeof sure !== 'number' || !(sure >= 0 && sure <= 1))
        return fail('confidence returned something other than a number from 0 to 1: ' + String(sure).slice(0, 100));
      send(ANSWER, sure, text);
    });
  }

  function serve() {
    const [sequence, text] = receive();
    current = sequence;
    const input = parse(text);
    attempt(() => execute(input), output => answer(input, output));
  }

  function load() {
    const [sequence, source] = receive();
    current = sequence;
    const module = { exports: {} };
    const found = name => `typeof ${name} === 'function' ? ${name} : undefined`;
    try {
      const program = compileFunction(`${source}\n;return [${found('execute')}, ${found('confidence')}];`,
        ['module', 'exports', 'require'], { filename: 'program.js' });
      [execute, confidence] = program.call(module.exports, module, module.exports, require);
    } catch (error) {
      return failWith(error);
    }
    execute ??= module.exports.execute;
    confidence ??= module.exports.confidence;
    if (typeof execute !== 'function') return fail('the program does not define execute(input)');
    if (confidence !== undefined && typeof confidence !== 'function') return fail('confidence is not a function');
    send(ANSWER, NaN, '');
  }

  // Node.js would queue what it cannot write at once; a program that prints faster than anyone reads has to wait instead.
  for (const [name, descriptor] of [['stdout', 1], ['stderr', 2]]) {
    const write = (chunk, encoding, done) => {
      for (let sent = 0; sent < chunk.length;) sent += writeSync(descriptor, chunk, sent);
      done();
    };
    Object.defineProperty(process, name, { value: new Writable({ write }), configurable: true });
  }

  // An error that nothing in the program caught ends the call it happened in, not the worker.
  process.on('uncaughtException', error => { if (current !== 0) failWith(error); });
  process.on('unhandledRejection', error => console.error('unhandled rejection:', error));
  process.on('beforeExit', () => { if (current !== 0) fail('execute returned a promise that never settles'); });
  load();
})();
