// What the device keeps, by account: drafts until they are sent, and what the account
// took along. It outlives a reload and a sign-out, and is shown to that account alone.
import type { Draft, Keep } from './outbox';
import type { Work } from './types';

const name = 'gridatlas-my';
let opened: Promise<IDBDatabase> | null = null;

function open(): Promise<IDBDatabase> {
  opened ??= new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => {
      const drafts = request.result.createObjectStore('drafts', { keyPath: 'key' });
      drafts.createIndex('account', 'account');
      request.result.createObjectStore('work', { keyPath: 'account' });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('the device keeps nothing'));
  });
  opened.catch(() => (opened = null)); // it is tried again
  return opened;
}

/** Runs one transaction; what is written is on the device when it ends. */
async function run<T>(table: 'drafts' | 'work', mode: IDBTransactionMode, how: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const db = await open();
  return new Promise((resolve, reject) => {
    const transaction = db.transaction(table, mode, { durability: 'strict' });
    const request = how(transaction.objectStore(table));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = transaction.onerror = () => reject(transaction.error ?? new Error('the device keeps nothing'));
  });
}

export const draftsKept: Keep = {
  async drafts(account) {
    const drafts = await run<Draft[]>('drafts', 'readonly', (store) => store.index('account').getAll(account));
    return drafts.sort((a, b) => a.made - b.made);
  },
  async put(draft) {
    await run('drafts', 'readwrite', (store) => store.put(draft));
  },
  async remove(key) {
    await run('drafts', 'readwrite', (store) => store.delete(key));
  },
};

export const workKept = (account: string): Promise<Work | undefined> => run<Work | undefined>('work', 'readonly', (store) => store.get(account));

/** Keeps what an account took along, instead of what it had before. What others took is theirs no longer once somebody else uses the device. */
export async function keepWork(work: Work): Promise<void> {
  await run('work', 'readwrite', (store) => {
    store.clear();
    return store.put(work);
  });
}

/** Leaves nothing of what was taken along, when nobody is signed in any more. Drafts stay. */
export async function forgetWork(): Promise<void> {
  await run('work', 'readwrite', (store) => store.clear());
}
