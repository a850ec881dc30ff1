// Accessible names that the theme leaves wrong or empty: the visible text has to be part of the name.
(function () {
  function mend() {
    document.querySelectorAll("button.search-button, button.search-button__button, button.theme-switch-button").forEach(
      function (button) {
        var seen = button.textContent.trim().replace(/\s+/g, " ");
        var name = button.getAttribute("aria-label") || button.title || "";
        if (seen && name.indexOf(seen) < 0) button.setAttribute("aria-label", seen + (name ? ": " + name : ""));
      });
    document.querySelectorAll(".citation-list[role], .citation[role]").forEach(function (entry) {
      entry.removeAttribute("role"); // docutils: a list role without list items, and a role that is deprecated
    });
    document.querySelectorAll(".navbar-brand").forEach(function (brand) {
      brand.parentElement.setAttribute("role", "navigation");
      brand.parentElement.setAttribute("aria-label", "Front page");
    });
    document.querySelectorAll("details.hide > summary").forEach(function (summary) {
      summary.removeAttribute("aria-label");
    });
  }
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", mend);
  else mend();
})();
