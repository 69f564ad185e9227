/** This origin's IndexedDB: the device's wrapped key, and transactions on their way. */

const NAME = "dure";
const VERSION = 1;

let opened: Promise<IDBDatabase> | undefined;

function open(): Promise<IDBDatabase> {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("device");
      request.result.createObjectStore("pending", { keyPath: "id" });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opened;
}

type StoreName = "device" | "pending";

/** Replaces one value by what `next` makes of it, with nobody in between; resolves to the new one. */
export async function change<T>(name: StoreName, key: string, next: (old: T | undefined) => T): Promise<T> {
  const database = await open();
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(name, "readwrite", { durability: "strict" });
    const all = transaction.objectStore(name);
    const old = all.get(key) as IDBRequest<T | undefined>;
    let made: T;
    old.onsuccess = () => all.put((made = next(old.result)), key);
    transaction.oncomplete = () => resolve(made);
    transaction.onabort = () => reject(transaction.error);
  });
}

/** Runs one request; resolves only once it is safely on the disk. */
export async function store<T>(name: StoreName, mode: IDBTransactionMode, run: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await open();
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(name, mode, { durability: "strict" });
    const request = run(transaction.objectStore(name));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = () => reject(transaction.error);
    transaction.onerror = () => reject(transaction.error);
  });
}
