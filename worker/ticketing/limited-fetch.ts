/** A fetch whose answers end in an error once they are longer than `maxBytes`, however they arrive (TIC12). */
export function limitedFetch(maxBytes: number): (url: string | URL, init?: RequestInit) => Promise<Response> {
  return async (url, init) => {
    const response = await fetch(url, init);
    // The long-lived stream of a server's own messages is bounded by the message, not by the day.
    if (!response.body || (init?.method ?? 'GET') === 'GET') return response;
    let seen = 0;
    const counted = response.body.pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        transform: (piece, controller) => {
          seen += piece.byteLength;
          if (seen > maxBytes) controller.error(new Error('the answer is too large'));
          else controller.enqueue(piece);
        },
      }),
    );
    const { status, statusText, headers } = response;
    const limited = new Response(counted, { status, statusText, headers });
    Object.defineProperty(limited, 'url', { value: response.url });
    return limited;
  };
}
