"""One file or package per format; `shelf` lists them."""
