// Old addresses of the site: /article/11911/slug/title leads to /article/11911/.
(function () {
  "use strict";
  var match = /\/article\/([0-9]{1,6})\/./.exec(window.location.pathname);
  var base = document.currentScript.getAttribute("data-base") || "/";
  if (match) {
    window.location.replace(base + "article/" + Number(match[1]) + "/");
  }
})();
