// The page of wschat: what people do in it, by keyboard, mouse or finger.
import { clean, fold } from "./names.js";
import { $, complain } from "./view.js";

export function start({ register, create, join, leave, say }) {
  const forms = { register, create, say };
  document.onsubmit = (event) => {
    event.preventDefault();
    const field = event.target.querySelector("input, textarea"), said = field.id === "message";
    const value = said ? field.value : clean(field.value), size = [...value].length;
    const long = size > field.dataset.limit && `at most ${field.dataset.limit} characters, not ${size}`;
    const bytes = said ? 0 : new TextEncoder().encode(fold(value)).length;
    const apart = bytes > field.dataset.bytes && `at most ${field.dataset.bytes} bytes with its letters taken apart`;
    const wrong = long || apart || (value.trim() ? "" : "write something first");
    complain(field.id, wrong);
    if (wrong) return;
    forms[event.target.id](value);
    if (said) field.value = "";
  };
  $("message").onkeydown = (event) => {
    if (event.keyCode !== 13 || event.shiftKey) return; // 229 when an input method composes
    event.preventDefault();
    $("say").requestSubmit();
  };
  $("rooms").onclick = ({ target }) => { if (target.closest("button")) join(target.closest("li").key); };
  $("more").onclick = ({ currentTarget }) => {
    currentTarget.ariaExpanded = String(currentTarget.ariaExpanded !== "true");
    if (currentTarget.ariaExpanded === "true") $("room").focus();
  };
  $("leave").onclick = () => leave();
}
