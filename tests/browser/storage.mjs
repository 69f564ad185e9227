// What a browser keeps for the page, and how it comes to lose it.

/** The certificate of this browser, as its page has stored it. */
export const certificateOf = (screen) =>
  screen.page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const opening = indexedDB.open("dure");
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const asking = opening.result.transaction("device").objectStore("device").get("current");
          asking.onsuccess = () => {
            opening.result.close();
            resolve(asking.result.certificate);
          };
        };
      }),
  );

/** Transactions that this browser still keeps. */
export const kept = (screen) =>
  screen.page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const opening = indexedDB.open("dure");
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const counting = opening.result.transaction("pending").objectStore("pending").count();
          counting.onsuccess = () => {
            opening.result.close();
            resolve(counting.result);
          };
        };
      }),
  );

/** Forgets every cookie but one. */
export async function keepOnly(screen, name) {
  const context = screen.page.context();
  const kept = (await context.cookies()).filter((cookie) => cookie.name === name);
  await context.clearCookies();
  await context.addCookies(kept);
}

/** The browser throws this site's storage away, as it may when it is short of space. Cookies stay. */
export async function forgetStorage(screen) {
  const devtools = await screen.page.context().newCDPSession(screen.page);
  await devtools.send("Storage.clearDataForOrigin", { origin: screen.base, storageTypes: "indexeddb,local_storage" });
  await devtools.detach();
}
