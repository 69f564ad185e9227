// The part of a phone that keeps passkeys and knows its owner's finger: Chromium's virtual authenticator.

/** Gives a screen's phone an authenticator; `hasPrf: false` makes it one of the older ones. One at a time. */
export async function authenticator(screen, { hasPrf = true } = {}) {
  const wire = await screen.page.context().newCDPSession(screen.page);
  await wire.send("WebAuthn.enable");
  const { authenticatorId } = await wire.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      ctap2Version: "ctap2_1",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      hasPrf,
      automaticPresenceSimulation: true,
    },
  });
  return {
    /** From now on the finger is somebody else's. After a few tries, which the browser makes at once, it is locked for good. */
    refuse: () => wire.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: false }),
    /** Whether its owner puts the finger on at once, or not at all. */
    touched: (enabled) => wire.send("WebAuthn.setAutomaticPresenceSimulation", { authenticatorId, enabled }),
    /** How many passkeys it keeps. */
    count: async () => (await wire.send("WebAuthn.getCredentials", { authenticatorId })).credentials.length,
    async remove() {
      await wire.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId });
      await wire.detach();
    },
  };
}
