/** After a sign-in in another tab the page's token is old; the page itself has a new one. Whether it was another. */
export async function renewed(form) {
  const page = await fetch(location.href, { credentials: "same-origin" }).catch(() => null);
  if (!page?.ok || page.redirected) return false;
  const html = await page.text().catch(() => ""); // the line may drop in the middle of it
  const read = new DOMParser().parseFromString(html, "text/html");
  const fresh = read.querySelector("[name=csrfmiddlewaretoken]");
  const changed = Boolean(fresh) && fresh.value !== form.elements.csrfmiddlewaretoken.value;
  if (changed) form.elements.csrfmiddlewaretoken.value = fresh.value;
  return changed;
}
