// Publishes events in both modes, and reads deliveries, with the SDK for JavaScript.
const { CloudEvent, HTTP } = require("cloudevents");

async function main() {
  const { url, token, events, deliveries } = JSON.parse(require("fs").readFileSync(0, "utf8"));
  const statuses = [];
  for (const { mode, ...attributes } of events) {
    const { headers, body } = HTTP[mode](new CloudEvent(attributes));
    const authorization = `Bearer ${token}`;
    const answer = await fetch(url, { method: "POST", headers: { ...headers, authorization }, body });
    statuses.push(answer.status);
  }
  const read = deliveries.map((one) => HTTP.toEvent(one)).map((event) => event.toJSON());
  process.stdout.write(JSON.stringify({ statuses, read }));
}

main();
