#!/usr/bin/env node
// Makes the package: every file but these tools and what begins with a dot, in a fixed order with fixed times, so that the same files give the same bytes.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deflateRawSync } from 'node:zlib';

const here = dirname(fileURLToPath(import.meta.url));
const leftOut = new Set(['run-tests.mjs', 'pack.mjs', 'node_modules']);
const manifest = JSON.parse(readFileSync(join(here, 'plugin.json'), 'utf8'));
const paths = readdirSync(here, { recursive: true, withFileTypes: true }).filter(e => e.isFile())
  .map(e => relative(here, join(e.parentPath ?? e.path, e.name)).split(sep).join('/'))
  .filter(p => !p.endsWith('.zip') && !p.split('/').some(part => leftOut.has(part) || part.startsWith('.'))).sort();

const table = Array.from({ length: 256 }, (_, n) => {
  for (let i = 0; i < 8; i++) n = n & 1 ? (n >>> 1) ^ 0xedb88320 : n >>> 1;
  return n >>> 0;
});
const crc32 = bytes => ~bytes.reduce((crc, b) => table[(crc ^ b) & 255] ^ (crc >>> 8), -1) >>> 0;

const parts = [], directory = [];
let offset = 0;
for (const path of paths) {
  const name = Buffer.from(path), bytes = readFileSync(join(here, path)), packed = deflateRawSync(bytes, { level: 9 });
  const common = Buffer.alloc(26); // version, flags (names are UTF-8), deflate, 1 January 1980, sizes
  common.writeUInt16LE(20, 0); common.writeUInt16LE(0x800, 2); common.writeUInt16LE(8, 4); common.writeUInt16LE(0x21, 8);
  common.writeUInt32LE(crc32(bytes), 10); common.writeUInt32LE(packed.length, 14); common.writeUInt32LE(bytes.length, 18); common.writeUInt16LE(name.length, 22);
  parts.push(Buffer.from('PK\x03\x04'), common, name, packed);
  const rest = Buffer.alloc(14); // comment, disk, attributes: an ordinary file, and where it stands
  rest.writeUInt32LE(0o100644 * 65536, 6); rest.writeUInt32LE(offset, 10);
  directory.push(Buffer.from('PK\x01\x02'), Buffer.from([20, 3]), common, rest, name);
  offset += 30 + name.length + packed.length;
}
const listed = Buffer.concat(directory), end = Buffer.alloc(22);
end.write('PK\x05\x06', 'latin1');
end.writeUInt16LE(paths.length, 8); end.writeUInt16LE(paths.length, 10); end.writeUInt32LE(listed.length, 12); end.writeUInt32LE(offset, 16);
const target = `${manifest.id}-${manifest.version}.zip`;
const zip = Buffer.concat([...parts, listed, end]);
writeFileSync(join(here, target), zip);
console.log(`${target}: ${paths.length} files, ${zip.length.toLocaleString('en-US')} bytes`);
