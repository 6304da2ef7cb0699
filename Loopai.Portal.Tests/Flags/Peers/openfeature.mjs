// Applications that use OpenFeature's own SDKs with their OFREP providers, asked over HTTP what they see: a server's, and a web page's.
import http from 'node:http';
import { once } from 'node:events';
import { OpenFeature as Server } from '@openfeature/server-sdk';
import { OFREPProvider } from '@openfeature/ofrep-provider';
import { OpenFeature as Web, ProviderEvents } from '@openfeature/web-sdk';
import { OFREPWebProvider } from '@openfeature/ofrep-web-provider';

const details = { boolean: 'getBooleanDetails', string: 'getStringDetails', number: 'getNumberDetails', object: 'getObjectDetails' };
let domains = 0;
let changes = 0;
let page;

// node has no EventSource without a flag; this one reads what a browser's would, and reconnects as little.
globalThis.EventSource ??= class extends EventTarget {
  readyState = 0;
  #end = new AbortController();
  constructor(url) {
    super();
    this.#read(url).catch(() => { this.readyState = 2; this.dispatchEvent(new Event('error')); });
  }
  close() { this.readyState = 2; this.#end.abort(); }
  async #read(url) {
    const response = await fetch(url, { signal: this.#end.signal, headers: { accept: 'text/event-stream' } });
    if (!response.ok) throw new Error(`status ${response.status}`);
    this.readyState = 1;
    this.dispatchEvent(new Event('open'));
    let text = '';
    for await (const chunk of response.body) {
      text += Buffer.from(chunk).toString();
      for (let at = text.indexOf('\n\n'); at >= 0; at = text.indexOf('\n\n')) {
        const lines = text.slice(0, at).split('\n');
        text = text.slice(at + 2);
        const data = lines.filter((line) => line.startsWith('data: ')).map((line) => line.slice(6)).join('\n');
        if (data) this.dispatchEvent(Object.assign(new Event('message'), { data }));
      }
    }
  }
};

const verbs = {
  async server({ baseUrl, key, flag, type, fallback, context }) {
    const domain = `server-${domains++}`;
    await Server.setProviderAndWait(domain, new OFREPProvider({ baseUrl, headers: [['Authorization', `Bearer ${key}`]] }));
    return Server.getClient(domain)[details[type]](flag, fallback, context);
  },
  async open({ baseUrl, key, context }) {
    await Web.setContext('page', context);
    page = Web.getClient('page');
    page.addHandler(ProviderEvents.ConfigurationChanged, () => { changes++; });
    await Web.setProviderAndWait('page', new OFREPWebProvider({ baseUrl, headers: [['Authorization', `Bearer ${key}`]], pollInterval: 0 }));
    return {};
  },
  async page({ flag, type, fallback }) {
    return { ...page[details[type]](flag, fallback), changes };
  },
};

const server = http.createServer(async (request, response) => {
  try {
    const body = JSON.parse(Buffer.concat(await request.toArray()).toString());
    response.end(JSON.stringify(await verbs[request.url.slice(1)](body)));
  } catch (error) {
    response.writeHead(500).end(String(error.stack));
  }
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
console.log(JSON.stringify({ address: `http://127.0.0.1:${server.address().port}/` }));
process.stdin.resume().on('end', () => process.exit(0));
