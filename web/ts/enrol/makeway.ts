/** A person has five devices: a sixth asks which of them makes way. */

import { wallet } from "../kit/client.ts";
import { el, h, onPress } from "../kit/dom.ts";
import { fullDay } from "../kit/format.ts";
import { replace } from "../kit/steps.ts";
import { t } from "../kit/text.ts";

/** Shows the devices, the one unused longest first and chosen; answers the one to drop. */
export async function askWhichMakesWay(ticket: string): Promise<string> {
  const devices = await wallet.postOnce("/v1/enrolment/devices", { body: { ticket } });
  devices.sort((one, other) => one.last_used_at - other.last_used_at);
  el("drop-list").replaceChildren(
    ...devices.map((device, at) =>
      h(
        "label",
        { class: "pick", "data-testid": "drop-device" },
        h("input", { type: "radio", name: "drop", value: device.certificate, checked: at === 0 }),
        h("span", {}, h("b", {}, device.name), h("span", { class: "entry-more" }, t("last-used", { date: fullDay(device.last_used_at) }))),
      ),
    ),
  );
  // In the place of the wait: *back* leads to no screen that waits for nothing.
  replace("drop");
  return new Promise((resolve) => {
    onPress(el("drop-go"), () => resolve(new FormData(el<HTMLFormElement>("drop-list")).get("drop") as string), () => undefined);
  });
}
