// Takes every mail, prints where it listens, and shows what came at GET /<address>; GET /<address>?count tells how many did.
import http from "node:http";
import { SMTPServer } from "smtp-server";

const mails = new Map();
const waiting = [];
const counts = new Map();

const smtp = new SMTPServer({
  disabledCommands: ["AUTH", "STARTTLS"],
  onData(stream, session, done) {
    const parts = [];
    stream.on("data", part => parts.push(part));
    stream.on("end", () => {
      for (const { address } of session.envelope.rcptTo) {
        mails.set(address.toLowerCase(), Buffer.concat(parts).toString("utf8"));
        counts.set(address.toLowerCase(), (counts.get(address.toLowerCase()) ?? 0) + 1);
      }
      for (const look of waiting.splice(0)) look();
      done();
    });
  },
});

// Waits until there is a mail, so that a test does not have to ask again and again.
const web = http.createServer((request, response) => {
  const [path, query] = request.url.slice(1).split("?");
  const address = decodeURIComponent(path).toLowerCase();
  if (query === "count") return void response.end(String(counts.get(address) ?? 0));
  const look = () => {
    if (!mails.has(address)) return void waiting.push(look);
    response.setHeader("Content-Type", "text/plain; charset=utf-8");
    response.end(mails.get(address));
    mails.delete(address);
  };
  look();
});

smtp.listen(0, "127.0.0.1", () => web.listen(0, "127.0.0.1", () =>
  console.log(JSON.stringify({ smtp: smtp.server.address().port, web: `http://127.0.0.1:${web.address().port}/` }))));

process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
