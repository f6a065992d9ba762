import type { Login } from "../protocol";

/**
 * The login in the fields of a form; `null` where none was typed. It is read
 * when it is sent, so that no password stays in anything that outlives the form.
 */
export function loginIn(form: HTMLFormElement): Login | null {
  const fields = new FormData(form);
  const user = String(fields.get("user") ?? "").trim();
  const password = String(fields.get("password") ?? "");
  return user === "" && password === "" ? null : { user, password };
}
