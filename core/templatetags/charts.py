"""Charts in templates: `{% chart figures %}` and `{% sparkline of_releases %}`."""

from __future__ import annotations

from typing import Any

from django import template

from core.charts import Chart, Sparkline, markup

register = template.Library()
register.simple_tag(markup.shapes)
register.simple_tag(markup.rows)


@register.inclusion_tag("core/chart.html")
def chart(shown: Chart, note: str = "") -> dict[str, Any]:
    """A chart with its legend and its table; no two on a page may have one title. `note` is told
    where there is too little to draw."""
    return {"chart": shown, "note": note}


@register.inclusion_tag("core/sparkline.html")
def sparkline(shown: Sparkline) -> dict[str, Any]:
    return {"sparkline": shown}
