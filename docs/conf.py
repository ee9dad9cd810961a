"""The documentation as a site: `make docs` builds it into var/docs, with warnings as errors."""

from __future__ import annotations

project = "Botsite"
html_title = "Botsite"
html_theme = "furo"
html_logo = html_favicon = "../static/logo.svg"
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#0a6259", "color-brand-content": "#0a6259"},
    "dark_css_variables": {"color-brand-primary": "#9fe3d7", "color-brand-content": "#9fe3d7"},
}
html_static_path = ["assets"]
html_css_files = ["site.css"]
html_show_sphinx = False
html_copy_source = False

extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
# So that `page.md#some-heading` leads somewhere, here as on a forge.
myst_heading_anchors = 4
nitpicky = True

# Text is shown as it is written: no typographer's quotes around commands and versions.
smartquotes = False
highlight_language = "none"
