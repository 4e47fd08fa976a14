import { createParser, type EventSourceMessage } from 'eventsource-parser';

/** The server-sent events of a response, one by one, until it ends. */
export async function* eventsOf(response: Response): AsyncGenerator<EventSourceMessage> {
  const ready: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (event) => void ready.push(event) });
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    parser.feed(decoder.decode(chunk, { stream: true }));
    yield* ready.splice(0);
  }
}
