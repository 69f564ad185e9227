/** Which taps and keys count. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { keyCounts, Taps } from "../kit/taps.ts";

test("twice the same key of a keypad that stands still is two digits", () => {
  const taps = new Taps();
  for (const now of [0, 90]) {
    taps.down();
    taps.up(now);
    assert.ok(taps.clicked(now));
  }
});

test("the second tap of a double tap is not the new screen's", () => {
  const taps = new Taps();
  taps.down();
  taps.up(10);
  assert.ok(taps.clicked(10));
  taps.coming();
  taps.down();
  taps.settled();
  taps.up(500);
  assert.ok(!taps.clicked(500), "it began before the screen stood still");
  taps.down();
  taps.up(600);
  assert.ok(taps.clicked(600));
});

test("a finger that lies on the glass while the screen changes taps nothing there", () => {
  const taps = new Taps();
  taps.down();
  taps.coming();
  taps.settled();
  taps.up(2000);
  assert.ok(!taps.clicked(2000));
});

test("a click without a press counts once the screen stands still", () => {
  const taps = new Taps();
  taps.coming();
  assert.ok(!taps.clicked(0));
  taps.settled();
  assert.ok(taps.clicked(500));
  // A finger that scrolled away long ago is no press of this click.
  taps.down();
  taps.up(600);
  taps.coming();
  taps.settled();
  assert.ok(taps.clicked(5000));
});

test("a held key acts once, and Enter presses nothing that has just come up", () => {
  for (const deed of ["own", "press"] as const) {
    assert.ok(keyCounts(deed, { repeat: false, still: true }));
    assert.ok(!keyCounts(deed, { repeat: true, still: true }));
    assert.ok(!keyCounts(deed, { repeat: true, still: false }));
  }
  assert.ok(!keyCounts("press", { repeat: false, still: false }));
  assert.ok(keyCounts("own", { repeat: false, still: false }), "whoever types digits means digits, without a wait");
  assert.ok(keyCounts("none", { repeat: true, still: false }), "text fields and erasing repeat");
});
