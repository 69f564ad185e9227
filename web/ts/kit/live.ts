/** News from the service as they happen (server-sent events). The browser reconnects by itself. */

export interface Live {
  close(): void;
}

/** Listens to some events; `state` tells whether the line is up. */
export function listen(events: Record<string, (data: Record<string, unknown>) => void>, state: (up: boolean) => void = () => undefined): Live {
  let source: EventSource | undefined;
  let closed = false;
  let retry: ReturnType<typeof setTimeout> | undefined;

  function open(): void {
    source = new EventSource("/v1/events");
    source.onopen = () => state(true);
    source.onerror = () => {
      state(false);
      // A refused stream is not tried again by the browser; a little later we do.
      if (source?.readyState === EventSource.CLOSED && !closed) retry = setTimeout(open, 5000);
    };
    for (const [name, act] of Object.entries(events)) {
      source.addEventListener(name, (event) => act(JSON.parse((event as MessageEvent<string>).data) as Record<string, unknown>));
    }
  }

  open();
  return {
    close() {
      closed = true;
      clearTimeout(retry);
      source?.close();
    },
  };
}
