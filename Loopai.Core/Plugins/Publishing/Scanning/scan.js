// Looks for what a JavaScript plugin must not do, in its syntax tree. Runs in the sandbox as a plugin does, for the sources are a stranger's.
'use strict';
const acorn = require('./acorn.js');

const SAFE = new Set(['loopai', 'crypto', 'util', 'url', 'querystring', 'path', 'assert', 'string_decoder', 'buffer']);
const MODULES = new Map(Object.entries({
  'code.process': 'child_process cluster worker_threads process os async_hooks perf_hooks',
  'code.network': 'net http https http2 dns tls dgram undici ws axios node-fetch',
  'code.filesystem': 'fs fs/promises readline tty',
  'code.dynamic': 'vm module repl v8 inspector wasi diagnostics_channel',
}).flatMap(([rule, names]) => names.split(' ').map(name => [name, rule])));
const NAMES = new Map(Object.entries({
  'code.dynamic': 'eval Function AsyncFunction GeneratorFunction',
  'code.process': 'process Deno Bun',
  'code.reflection': 'global globalThis GLOBAL Reflect Proxy',
  'code.network': 'fetch XMLHttpRequest WebSocket EventSource',
  'code.native': 'WebAssembly',
}).flatMap(([rule, names]) => names.split(' ').map(name => [name, rule])));
const MEMBERS = new Set(['__proto__', '__defineGetter__', '__defineSetter__', '__lookupGetter__', 'callee', 'caller', 'mainModule', 'getPrototypeOf', 'setPrototypeOf', 'binding', 'dlopen', 'prepareStackTrace']);
const DECODERS = new Set(['atob', 'fromCharCode', 'fromCodePoint', 'unescape']);
const BLOB = /^(?:[A-Za-z0-9+/_-]{400,}={0,2}|(?:[0-9a-fA-F]{2}){200,})$/;

exports.validate = function ({ files }) {
  const findings = [];
  for (const path of Object.keys(files).sort()) {
    try {
      const tree = acorn.parse(files[path], { ecmaVersion: 'latest', sourceType: 'script', locations: true, allowReturnOutsideFunction: true, allowHashBang: false });
      scan(tree, Object.keys(files), (rule, node, message) => findings.push([rule, path, node.loc.start.line, message]));
    } catch (error) {
      const line = error.loc ? error.loc.line : 1;
      const isModule = /'import' and 'export'/.test(error.message);
      findings.push(['code.syntax', path, line, isModule ? 'It uses import or export; plugins use require and exports.' : `This is not JavaScript: ${error.message}.`]);
    }
  }
  return { findings: findings.slice(0, 200) };
};

function scan(tree, files, add) {
  const blobs = [];
  let decodes = false, odd = 0;

  function visit(node, parent, scopes, hasArguments) {
    if (!node || typeof node.type !== 'string') return;
    const inner = isFunction(node) || node.type === 'Program' ? [...scopes, declared(node)] : scopes;
    const isHidden = name => scopes.some(scope => scope.has(name));
    switch (node.type) {
      case 'Identifier':
        if (isReference(node, parent)) {
          if (NAMES.has(node.name) && !isHidden(node.name)) add(NAMES.get(node.name), node, `It uses ${node.name}, which plugins must not.`);
          if (node.name === 'require' && !isHidden('require') && !(parent.type === 'CallExpression' && parent.callee === node)) add('code.dynamic', node, 'It hands require on, so that nobody knows what is loaded.');
          if (node.name === 'arguments' && !hasArguments) add('code.reflection', node, 'It uses arguments outside a function, which are those of the file.');
          if (DECODERS.has(node.name)) decodes = true;
        }
        if (/^_0x[0-9a-f]{3,}$/i.test(node.name) && ++odd === 3) add('obfuscation.names', node, 'Its names were replaced by numbers, so that nobody can read it.');
        if (/[A-Za-z]/.test(node.name) && /[\u0370-\u03ff\u0400-\u052f]/.test(node.name)) add('obfuscation.lookalike', node, `The name ${node.name} mixes alphabets, so that it looks like another.`);
        break;
      case 'MemberExpression': member(node, parent); break;
      case 'CallExpression': call(node, isHidden); break;
      case 'ImportExpression': add('code.dynamic', node, 'It loads a module by import(), which plugins must not.'); break;
      case 'MetaProperty': if (node.meta.name === 'import') add('code.reflection', node, 'It reads import.meta.'); break;
      case 'WithStatement': add('code.reflection', node, 'It uses with, so that nobody knows what a name means.'); break;
      case 'Property':
        if (parent.type === 'ObjectPattern' && ['constructor', '__proto__'].includes(keyOf(node))) add('code.reflection', node, `It takes ${keyOf(node)} out of a value.`);
        break;
      case 'AssignmentExpression':
        if (/^(Object|Array|String|Function|Number|Promise|RegExp|Error)\.prototype\b/.test(source(node.left)) || /^(JSON|Math|Object|Promise)\./.test(source(node.left))) add('code.reflection', node, 'It changes what belongs to every script.');
        break;
      case 'Literal':
        if (typeof node.value === 'string' && BLOB.test(node.value.replace(/\s/g, ''))) blobs.push(node);
        break;
      case 'TemplateElement':
        if (BLOB.test(node.value.raw.replace(/\s/g, ''))) blobs.push(node);
        break;
    }
    const hasOwn = hasArguments || node.type === 'FunctionDeclaration' || node.type === 'FunctionExpression';
    for (const key of Object.keys(node)) {
      const child = node[key];
      if (key === 'loc' || child === null || typeof child !== 'object') continue;
      for (const one of Array.isArray(child) ? child : [child]) visit(one, node, inner, hasOwn);
    }
  }

  function member(node, parent) {
    const name = keyOf({ key: node.property, computed: node.computed });
    if (name === undefined) {
      if (node.computed && hides(node.property)) add('obfuscation.pieces', node, 'It puts the name of a property together from pieces.');
      return;
    }
    if (node.computed && node.property.type !== 'Literal' && (name === 'constructor' || NAMES.has(name) || MEMBERS.has(name))) add('obfuscation.pieces', node, `It puts the word ${name} together from pieces.`);
    const isUsed = (parent.type === 'CallExpression' || parent.type === 'NewExpression') && parent.callee === node;
    if (name === 'constructor' && (isUsed || (parent.type === 'MemberExpression' && parent.object === node && keyOf({ key: parent.property, computed: parent.computed }) !== 'name') || node.computed))
      add('code.dynamic', node, 'It reaches the constructor of functions, which runs texts as code.');
    if (MEMBERS.has(name)) add('code.reflection', node, `It reads .${name}, which leads around what plugins may do.`);
    if (DECODERS.has(name) || (name === 'from' && node.object.name === 'Buffer')) decodes = true;
  }

  function call(node, isHidden) {
    const { callee, arguments: given } = node;
    if (callee.type === 'Identifier' && callee.name === 'require' && !isHidden('require')) {
      const wanted = text(given[0]);
      if (wanted === undefined) return add('code.dynamic', node, 'It requires a module whose name is only known when it runs.');
      if (given[0].type !== 'Literal') add('obfuscation.pieces', node, `It puts the name of the module ${wanted} together from pieces.`);
      const name = wanted.replace(/^node:/, '');
      if (/^\.{0,2}\//.test(name)) {
        if (name.endsWith('.node')) return add('code.native', node, `It loads the native module ${name}.`);
        const last = name.split('/').pop();
        const isSource = !/[^.]\.[^.]+$/.test(last) || /\.(?:[cm]?js|json)$/.test(last) || files.some(file => file.endsWith(`${last}.js`) || file.endsWith(`${last}/index.js`));
        return isSource ? undefined : add('code.dynamic', node, `It requires ${name}, which is neither .js, .cjs, .mjs nor .json.`);
      }
      if (SAFE.has(name)) return undefined;
      const rule = MODULES.get(name) ?? MODULES.get(name.split('/')[0]);
      add(rule ?? 'code.module', node, rule ? `It requires ${name}, which plugins cannot use.` : `It requires ${name}, which is not in the package and not among the modules for plugins.`);
    }
    if (callee.type === 'Identifier' && ['setTimeout', 'setInterval', 'setImmediate'].includes(callee.name) && text(given[0]) !== undefined) add('code.dynamic', node, `It gives ${callee.name} a text to run.`);
    const name = callee.type === 'MemberExpression' ? keyOf({ key: callee.property, computed: callee.computed }) : undefined;
    if ((name === 'fromCharCode' || name === 'fromCodePoint') && given.flatMap(g => g.type === 'SpreadElement' && g.argument.type === 'ArrayExpression' ? g.argument.elements : [g]).filter(g => g && typeof g.value === 'number').length >= 4)
      add('obfuscation.codes', node, 'It makes a text of a list of numbers, so that nobody can read it.');
  }

  visit(tree, { type: '' }, [], false);
  if (decodes) for (const node of blobs) add('obfuscation.blob', node, 'A long encoded text is decoded by this file; nobody can read what is in it.');
}

const isFunction = node => node.type === 'FunctionDeclaration' || node.type === 'FunctionExpression' || node.type === 'ArrowFunctionExpression';

/** What a function binds, its own names and parameters; blocks are taken with it, which only ever hides too much of what is hidden in a part anyway. */
function declared(root) {
  const names = new Set();
  const bind = pattern => {
    if (!pattern) return;
    if (pattern.type === 'Identifier') names.add(pattern.name);
    else if (pattern.type === 'ObjectPattern') pattern.properties.forEach(p => bind(p.value ?? p.argument));
    else if (pattern.type === 'ArrayPattern') pattern.elements.forEach(bind);
    else if (pattern.type === 'AssignmentPattern') bind(pattern.left);
    else if (pattern.type === 'RestElement') bind(pattern.argument);
  };
  (root.params ?? []).forEach(bind);
  if (root.type === 'FunctionExpression' && root.id) names.add(root.id.name);
  const walk = (node, isTop) => {
    if (!node || typeof node.type !== 'string') return;
    if ((node.type === 'FunctionDeclaration' || node.type === 'ClassDeclaration') && node !== root && isTop) names.add(node.id.name);
    if (node !== root && isFunction(node)) return;
    // let, const and class are seen in their block alone: only those of the function's own block hide anything everywhere.
    if (node.type === 'VariableDeclaration' && (node.kind === 'var' || isTop)) node.declarations.forEach(d => bind(d.id));
    const block = node === root || node === root.body;
    for (const key of Object.keys(node)) {
      const child = node[key];
      if (key === 'loc' || child === null || typeof child !== 'object') continue;
      for (const one of Array.isArray(child) ? child : [child]) walk(one, block);
    }
  };
  walk(root, true);
  return names;
}

function isReference(node, parent) {
  if ((parent.type === 'MemberExpression' && parent.property === node && !parent.computed) || (parent.type === 'MethodDefinition' && parent.key === node) || (parent.type === 'PropertyDefinition' && parent.key === node)) return false;
  if (parent.type === 'Property' && parent.key === node && !parent.computed && !parent.shorthand) return false;
  return !['LabeledStatement', 'BreakStatement', 'ContinueStatement'].includes(parent.type);
}

const keyOf = ({ key, computed }) => computed ? text(key) : key.type === 'Identifier' ? key.name : key.type === 'Literal' ? String(key.value) : undefined;

/** A constant text, also in pieces. */
function text(node) {
  if (!node) return undefined;
  if (node.type === 'Literal' && typeof node.value === 'string') return node.value;
  if (node.type === 'TemplateLiteral' && node.expressions.length === 0) return node.quasis[0].value.cooked;
  if (node.type === 'BinaryExpression' && node.operator === '+') {
    const left = text(node.left), right = text(node.right);
    return left === undefined || right === undefined ? undefined : left + right;
  }
  return undefined;
}

/** Whether a property's name is decoded on the spot. */
function hides(node) {
  const callee = node.type === 'CallExpression' ? node.callee : undefined;
  const name = callee && (callee.name ?? (callee.property && callee.property.name));
  return name !== undefined && (DECODERS.has(name) || ['reverse', 'join'].includes(name));
}

function source(node) {
  if (node.type === 'Identifier') return node.name;
  return node.type === 'MemberExpression' && !node.computed ? `${source(node.object)}.${node.property.name}` : '';
}
