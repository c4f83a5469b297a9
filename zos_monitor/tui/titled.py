"""Borders with words in them: other words repaint no more than the line that they stand in."""

from __future__ import annotations

from typing import Self

from textual.content import Content
from textual.geometry import Region
from textual.widget import Widget

_MOST = 2_000  # characters that Textual measures for each frame; a border has room for fewer


class Titled(Widget):
    """A widget whose titles are set by ``set_titles``.

    Textual draws all of a widget for each title that is set, also for an equal one.
    """

    _titles = "", ""
    _retitled: int | None = None  # the line whose words are just being set

    def set_titles(self, title: str, subtitle: str = "") -> None:
        """Set the words in the upper and the lower border, and repaint no more than these.

        They are taken literally: a name may look like markup.
        """
        title, subtitle = title[:_MOST], subtitle[:_MOST]
        (old_title, old_subtitle), self._titles = self._titles, (title, subtitle)
        try:
            if title != old_title:
                self._retitled = 0
                self.border_title = Content(title)
            if subtitle != old_subtitle:
                self._retitled = max(0, self.outer_size.height - 1)
                self.border_subtitle = Content(subtitle) if subtitle else None
        finally:
            self._retitled = None

    def refresh(
        self,
        *regions: Region,
        repaint: bool = True,
        layout: bool = False,
        recompose: bool = False,
    ) -> Self:
        """Repaint regions of the widget, or all of it; see Textual's ``Widget.refresh``."""
        if self._retitled is not None and self.outer_size:
            gutter, width = self.styles.gutter, self.outer_size.width
            regions = (Region(-gutter.left, self._retitled - gutter.top, width, 1),)
        return self.repaint(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def repaint(
        self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False
    ) -> Self:
        """Repaint these regions."""
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)
