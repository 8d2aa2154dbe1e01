import type { CobrowseInvitation } from "./api";
import { config, lookUp } from "./config.ts";
import { askByConfirm, withdrawConfirm } from "./confirm.ts";
import { hideDialog, showDialog } from "./dialog.ts";

/** Asks the visitor, or goes on asking: called again and again while the invitation is pending. */
export function showPrompt(invitation: CobrowseInvitation): void {
  if (lookUp(config.prompt) == "confirm") askByConfirm(invitation);
  else showDialog(invitation);
}

export function hidePrompt(): void {
  hideDialog();
  withdrawConfirm();
}
