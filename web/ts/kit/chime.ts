/** The sound of *paid*: two soft tones. */

let context: AudioContext | undefined;

/** Browsers allow sound only after a touch: call this from one. */
export function allowSound(): void {
  context ??= new AudioContext();
  if (context.state === "suspended") void context.resume().catch(() => undefined);
}

export function chime(): void {
  if (!context) return;
  const start = context.currentTime;
  for (const [index, frequency] of [784, 1175].entries()) {
    const at = start + index * 0.14;
    const tone = context.createOscillator();
    const volume = context.createGain();
    tone.type = "sine";
    tone.frequency.value = frequency;
    volume.gain.setValueAtTime(0.0001, at);
    volume.gain.exponentialRampToValueAtTime(0.4, at + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.5);
    tone.connect(volume).connect(context.destination);
    tone.start(at);
    tone.stop(at + 0.55);
  }
}
