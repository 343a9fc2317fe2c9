// Following what changes: by a stream while the page is seen, or by asking now and then where there are too many of them.

import { Gone, listen } from './api.js';

const every = 1000; // ms between questions, where there is no stream
const again = 5000; // ms until a stream is asked for once more

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const seen = () => new Promise((done) => document.addEventListener('visibilitychange', done, { once: true }));

/** `told(change)` as listen() has it; `look()` asks instead; `failed(error)` says what is wrong, once a second. Ends where the token is another one. */
export async function follow({ told, look, failed }) {
  let stop;
  document.addEventListener('visibilitychange', () => stop?.abort());
  for (;;) {
    while (document.hidden) await seen();
    stop = new AbortController();
    try {
      await listen(told, stop.signal);
      if (!stop.signal.aborted) throw new Gone('the program has ended');
    } catch (error) {
      if (stop.signal.aborted) continue;
      if (error.status === 503) {
        for (const begun = Date.now(); Date.now() - begun < again && !document.hidden; await sleep(every)) await look().catch(failed);
        continue;
      }
      failed(error.name === 'TypeError' ? new Gone(error.message) : error); // a stream that breaks off is a TypeError
      if (error.status === 401) return;
      await sleep(every);
    }
  }
}

/** Calls one at a time, and once more where it was asked for meanwhile; at most one in `pause` ms. */
export function oneAtATime(work, pause = 0) {
  let running = null, wanted = false;
  return function go() {
    wanted = true;
    running ??= (async () => {
      try {
        while (wanted) {
          wanted = false;
          await work();
          if (pause) await sleep(pause);
        }
      } finally {
        running = null;
      }
    })();
    return running;
  };
}
