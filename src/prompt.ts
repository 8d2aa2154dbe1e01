import type { CobrowseInvitation } from "./api";
import { config, lookUp } from "./config.ts";
import { askByConfirm } from "./confirm.ts";
import { hideDialog, showDialog } from "./dialog.ts";

/** Asks the visitor, or goes on asking: called again and again while the invitation is pending. */
export function showPrompt(invitation: CobrowseInvitation): void {
  // Without adoptedStyleSheets a strict page would show the dialog unstyled.
  if (lookUp(config.prompt) == "confirm" || !document.adoptedStyleSheets) askByConfirm(invitation);
  else showDialog(invitation);
}

export const hidePrompt = hideDialog;
