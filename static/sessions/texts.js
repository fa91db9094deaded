// Words come from the page, where they are translated; scripts hold none.
export function wordsOf(id) {
  const words = {};
  const template = document.getElementById(id);
  for (const span of template.content.querySelectorAll("[data-key]")) words[span.dataset.key] = span.textContent;
  return words;
}
