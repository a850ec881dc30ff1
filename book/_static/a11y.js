// Accessible names that the theme leaves wrong or empty: the visible text has to be part of the name.
(function () {
  function mend() {
    document.querySelectorAll("button.search-button, button.search-button__button, button.theme-switch-button").forEach(
      function (button) {
        var seen = button.textContent.trim().replace(/\s+/g, " ");
        var name = button.getAttribute("aria-label") || button.title || "";
        if (seen && name.indexOf(seen) < 0) button.setAttribute("aria-label", seen + (name ? ": " + name : ""));
      });
    document.querySelectorAll("details.hide > summary").forEach(function (summary) {
      summary.removeAttribute("aria-label");
    });
  }
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", mend);
  else mend();
})();
