// A receiver with nothing but Node: PORT=9100 node receiver.js
const { createHmac, timingSafeEqual } = require("node:crypto");
const { createServer } = require("node:http");

const KEY = Buffer.from(process.env.WEBHOOK_SECRET.replace(/^whsec_/, ""), "base64");
const known = new Set(); // yours is a table with a unique index

function isSigned(headers, body) {
  const at = headers["webhook-timestamp"] ?? "";
  if (!/^\d+$/.test(at) || Math.abs(Date.now() / 1000 - Number(at)) > 300) return false;
  const ours = Buffer.from(
    "v1," + createHmac("sha256", KEY).update(`${headers["webhook-id"]}.${at}.`).update(body).digest("base64"),
  );
  return (headers["webhook-signature"] ?? "").split(" ").some((one) => {
    const theirs = Buffer.from(one);
    return theirs.length === ours.length && timingSafeEqual(theirs, ours);
  });
}

createServer((request, response) => {
  const chunks = [];
  let size = 0;
  request.on("data", (chunk) => ((size += chunk.length) > 1 << 20 ? request.destroy() : chunks.push(chunk)));
  request.on("end", () => {
    const body = Buffer.concat(chunks);
    if (request.method !== "POST" || !isSigned(request.headers, body)) {
      return response.writeHead(401).end();
    }
    for (const event of JSON.parse(body)) {
      const once = `${event.id} ${request.headers["bus-replay"]}`;
      if (known.has(once)) continue;
      console.log(event.type, event.url); // fetch it, and act
      known.add(once);
    }
    response.writeHead(204).end();
  });
}).listen(Number(process.env.PORT), "127.0.0.1");
