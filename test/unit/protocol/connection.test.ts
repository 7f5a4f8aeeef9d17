/** What every connection must do, over a real pair of streams. */
import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { createMessageConnection, StreamMessageReader, StreamMessageWriter, type MessageConnection } from 'vscode-jsonrpc/node';
import { CancelledError, delay } from '../../../src/base/abort.ts';
import { AppError } from '../../../src/base/errors.ts';
import { remote, serve, type ServeOptions } from '../../../src/protocol/contracts/connection.ts';
import { command, event, query, type Handlers } from '../../../src/protocol/contracts/contract.ts';

const contract = {
  double: query<{ value: number }, number>(),
  nothing: query<null, null>(),
  fail: query<{ code: 'known' | 'unknown' }, null>(),
  wait: query<null, null>(),
  change: command<null, null>(),
  said: event<{ text: string }>(),
};

const connections: MessageConnection[] = [];
afterEach(() => {
  for (const connection of connections.splice(0)) connection.dispose();
});

function pair(overrides: Partial<Handlers<typeof contract>> = {}, options: ServeOptions = {}) {
  const [there, back] = [new PassThrough(), new PassThrough()];
  const client = createMessageConnection(new StreamMessageReader(back), new StreamMessageWriter(there));
  const server = createMessageConnection(new StreamMessageReader(there), new StreamMessageWriter(back));
  connections.push(client, server);
  const heard: string[] = [];
  const handlers: Handlers<typeof contract> = {
    double: ({ value }) => value * 2,
    nothing: () => null,
    fail: ({ code }) => {
      if (code === 'unknown') throw new TypeError('broken');
      throw new AppError('data.missing', 'The file a.csv does not exist.', {
        kind: 'input',
        remedy: 'Check the path.',
        args: { path: 'a.csv' },
      });
    },
    wait: async (_params, signal) => {
      await delay(60_000, signal);
      return null;
    },
    change: () => null,
    said: ({ text }) => {
      heard.push(text);
    },
    ...overrides,
  };
  serve(server, contract, handlers, options);
  server.listen();
  client.listen();
  return { client, server, there, back, heard, calls: remote(client, contract) };
}

describe('a connection', () => {
  it('answers requests', async () => {
    const { calls } = pair();
    expect(await calls.double({ value: 21 })).toBe(42);
    expect(await calls.nothing(null)).toBeNull();
  });

  it('keeps code, kind, remedy and arguments of a failure', async () => {
    const { calls } = pair();
    const failure = await calls.fail({ code: 'known' }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(AppError);
    expect((failure as AppError).toRecord()).toEqual({
      code: 'data.missing',
      kind: 'input',
      message: 'The file a.csv does not exist.',
      remedy: 'Check the path.',
      args: { path: 'a.csv' },
    });
  });

  it('turns an unforeseen fault into internal.fault without its stack', async () => {
    const { calls } = pair();
    const failure = await calls.fail({ code: 'unknown' }).catch((error: unknown) => error);
    expect(AppError.is(failure, 'internal.fault')).toBe(true);
    expect((failure as AppError).message).toBe('broken');
  });

  it('carries cancellation to the handler and rejects at once', async () => {
    let seen: AbortSignal | undefined;
    const { calls } = pair({
      wait: async (_params, signal) => {
        seen = signal;
        await delay(60_000, signal);
        return null;
      },
    });
    const controller = new AbortController();
    const waiting = calls.wait(null, { signal: controller.signal });
    await expect.poll(() => seen !== undefined).toBe(true);
    controller.abort();
    await expect(waiting).rejects.toBeInstanceOf(CancelledError);
    await expect.poll(() => seen?.aborted).toBe(true);
  });

  it('does not send what is cancelled already', async () => {
    const { calls } = pair();
    await expect(calls.double({ value: 1 }, { signal: AbortSignal.abort() })).rejects.toBeInstanceOf(CancelledError);
  });

  it('rejects what is pending when the other side goes away, and what is asked afterwards', async () => {
    const { there, back, calls } = pair();
    const outcome = calls.wait(null).catch((error: unknown) => error);
    await calls.nothing(null);
    there.destroy();
    back.destroy();
    expect(await outcome).toMatchObject({ code: 'connection.closed' });
    await expect(calls.nothing(null)).rejects.toMatchObject({ code: 'connection.closed' });
  });

  it('rejects what is pending when this side is disposed', async () => {
    const { client, calls } = pair();
    const outcome = calls.wait(null).catch((error: unknown) => error);
    await calls.nothing(null);
    client.dispose();
    expect(await outcome).toMatchObject({ code: 'connection.closed' });
  });

  it('delivers events, and a handler that throws is a fault for the log only', async () => {
    const faults: unknown[] = [];
    const { calls, heard } = pair(
      {
        said: ({ text }) => {
          if (text === 'bad') throw new Error('no');
          heard.push(text);
        },
      },
      { onFault: (error) => faults.push(error) },
    );
    calls.said({ text: 'bad' });
    calls.said({ text: 'good' });
    await expect.poll(() => heard).toEqual(['good']);
    expect(faults).toHaveLength(1);
  });

  it('refuses what needs trust in an untrusted workspace, and answers the rest', async () => {
    const { calls } = pair({}, { isTrusted: () => false });
    await expect(calls.change(null)).rejects.toMatchObject({ code: 'workspace.notTrusted' });
    expect(await calls.double({ value: 1 })).toBe(2);
  });

  it('does not answer to inherited property names', async () => {
    const { client } = pair();
    await expect(client.sendRequest('toString', null)).rejects.toMatchObject({ code: -32601 });
    await expect(client.sendRequest('constructor', null)).rejects.toMatchObject({ code: -32601 });
  });
});
