"use strict";
if (location.protocol === "file:") {
  location.replace("search-offline.html" + location.search + location.hash);
} else {
  const here = new URL(".", location.href).pathname;
  new PagefindUI({
    element: "#pagefind",
    bundlePath: here + "pagefind/",
    baseUrl: here,
    showImages: false,
    showSubResults: true,
    autofocus: true,
  });
}
