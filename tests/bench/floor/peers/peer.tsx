// Two consoles as they are often written, beside which ours is measured. One message per event in both.
// `naive` (U1): state is set for every message and the whole list is drawn. `unbatched` (U2): only the rows in view exist and state is
// set once per frame, but the wire is not batched.
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, useState } from 'react';
import { createRoot } from 'react-dom/client';
import type { CallEvent } from '#shared/events/call-event.ts';

interface Row {
  readonly callId: string;
  readonly name: string;
  readonly state: string;
  readonly words: string;
  readonly stopped: number;
  readonly person: string;
}
type Rows = readonly Row[];

function step(rows: Rows, event: CallEvent): Rows {
  if (event.type === 'call.ringing') return [...rows, newRow(event.conversationId, event.displayName)];
  if (event.type === 'call.ended') return rows.filter(row => row.callId !== event.conversationId);
  return rows.map(row => (row.callId === event.conversationId ? changed(row, event) : row));
}

function changed(row: Row, event: CallEvent): Row {
  switch (event.type) {
    case 'turn.changed':
      return { ...row, state: event.to };
    case 'transcript.final':
    case 'chunk.released':
      return { ...row, words: event.text };
    case 'chunk.vetoed':
      return { ...row, stopped: row.stopped + 1 };
    case 'floor.changed':
      return { ...row, person: event.userName ?? '' };
    default:
      return row;
  }
}

const newRow = (callId: string, name: string): Row => ({
  callId,
  name,
  state: 'RINGING',
  words: '',
  stopped: 0,
  person: '',
});

function RowView({ row }: { readonly row: Row }) {
  return (
    <div className="row" data-call={row.callId}>
      <span>{row.name}</span>
      <span>{row.state}</span>
      <span>{row.words}</span>
      <span>{row.stopped === 1 ? 'One sentence stopped' : `${row.stopped} sentences stopped`}</span>
      <span>{row.person}</span>
    </div>
  );
}

function connect(onMessage: (rows: (before: Rows) => Rows) => void): () => void {
  const socket = new WebSocket(location.origin.replace(/^http/, 'ws'));
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(String(data)) as { type?: 'opening'; callId: string; event: CallEvent };
    onMessage(before =>
      message.type === 'opening'
        ? [...before, newRow(message.callId, message.callId)]
        : step(before, message.event),
    );
  };
  return () => socket.close();
}

function Naive() {
  const [rows, setRows] = useState<Rows>([]);
  useEffect(() => connect(setRows), []);
  return (
    <div className="box">
      {rows.map(row => (
        <RowView key={row.callId} row={row} />
      ))}
    </div>
  );
}

function Unbatched() {
  const [rows, setRows] = useState<Rows>([]);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let waiting: ((before: Rows) => Rows)[] = [];
    let asked = false;
    return connect(change => {
      waiting.push(change);
      if (asked) return;
      asked = true;
      requestAnimationFrame(() => {
        asked = false;
        const changes = waiting;
        waiting = [];
        setRows(before => changes.reduce((now, one) => one(now), before));
      });
    });
  }, []);
  const items = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => 36,
    overscan: 8,
  });
  return (
    <div ref={box} className="box">
      <div style={{ height: items.getTotalSize(), position: 'relative' }}>
        {items.getVirtualItems().map(item => {
          const row = rows[item.index];
          return (
            row && (
              <div
                key={row.callId}
                style={{ position: 'absolute', insetInline: 0, transform: `translateY(${item.start}px)` }}
              >
                <RowView row={row} />
              </div>
            )
          );
        })}
      </div>
    </div>
  );
}

const root = document.getElementById('root');
if (root) createRoot(root).render(location.search === '?unbatched' ? <Unbatched /> : <Naive />);
